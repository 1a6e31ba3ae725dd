"""The rows and labels that every exported model is trained on, and the rows of its golden table.

Small numbers of rows: what is tested is the way into the gateway, not the quality of a model.
"""

import numpy as np

COLUMNS = ["rv_60_over_tau", "ewma_60_over_tau", "jump_share_300", "imbalance_60"]
WIDTH = len(COLUMNS)
rng = np.random.default_rng(20251206)
X = rng.standard_normal((600, WIDTH)).astype(np.float32)
y = (rng.random(600) < 1 / (1 + np.exp(-(1.5 * X[:, 0] + X[:, 1] * X[:, 2] - 2)))).astype(np.int64)
# The same with one cell in ten missing, as live rows have.
GAPS = X.copy()
GAPS[rng.random(X.shape) < 0.1] = np.nan


def around(thresholds, limit=120):
    """Rows that hold, one threshold each, the float32 below it, nearest to it and above it."""
    # A split of missing from present values has an infinite one.
    distinct = sorted({(f, t) for f, t in thresholds if np.isfinite(t)})
    if not distinct:
        return np.empty((0, WIDTH), dtype=np.float32)
    picked = [distinct[i] for i in np.unique(np.linspace(0, len(distinct) - 1, limit // 3).astype(int))]
    rows = []
    for i, (feature, threshold) in enumerate(picked):
        nearest = np.float32(threshold)
        for value in (np.nextafter(nearest, np.float32(-np.inf)), nearest, np.nextafter(nearest, np.float32(np.inf))):
            row = X[i % len(X)].copy()
            row[feature] = value
            rows.append(row)
    return np.array(rows, dtype=np.float32)


def golden_rows(thresholds=()):
    """A hundred rows with holes, then rows on and around the thresholds of trees."""
    return np.vstack([GAPS[:100], around(thresholds)])
