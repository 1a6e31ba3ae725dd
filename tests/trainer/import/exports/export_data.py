"""The rows and labels that every exported model is trained on, and the rows of its golden table.

Few rows: what is tested is a model's way into the gateway, not its quality.
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


def around(thresholds, limit=60):
    """Rows that hold, one threshold each, the float32 below it, nearest to it and above it."""
    # A split of missing from present values has an infinite one.
    distinct = sorted({(feature, threshold) for feature, threshold in thresholds if np.isfinite(threshold)})
    if not distinct:
        return np.empty((0, WIDTH), dtype=np.float32)
    picked = [distinct[i] for i in np.unique(np.linspace(0, len(distinct) - 1, limit // 3).astype(int))]
    rows = []
    for i, (feature, threshold) in enumerate(picked):
        nearest = np.float32(threshold)
        for value in (np.nextafter(nearest, np.float32(-np.inf)), nearest, np.nextafter(nearest, np.float32(np.inf))):
            row = X[i].copy()
            row[feature] = value
            rows.append(row)
    return np.array(rows, dtype=np.float32)


def golden_rows(thresholds=()):
    """Sixty rows with holes, then rows on and around the thresholds of trees."""
    return np.vstack([GAPS[:60], around(thresholds)])
