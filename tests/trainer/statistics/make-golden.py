"""Golden values of scikit-learn and scipy for the evaluation's statistics and the calibrators.

    pip install scikit-learn==1.9.1 scipy==1.17.1 && python tests/trainer/statistics/make-golden.py && npx prettier --write tests/trainer/statistics
"""

import json
import pathlib
import warnings

import numpy as np
import scipy
import sklearn
from scipy import optimize, stats
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    confusion_matrix,
    f1_score,
    log_loss,
    precision_recall_curve,
    precision_score,
    recall_score,
    roc_auc_score,
)

here = pathlib.Path(__file__).parent
source = (
    "tests/trainer/statistics/make-golden.py, "
    f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, numpy {np.__version__}"
)
rng = np.random.default_rng(20261123)


def plain(x):
    return [float(v) for v in x]


def metrics_case(name, labels, scores, threshold):
    labels, scores = np.asarray(labels), np.asarray(scores, dtype=float)
    alerts = (scores >= threshold).astype(int)
    share, mean = calibration_curve(labels, scores, n_bins=10, strategy="uniform")
    counts = np.bincount(np.searchsorted(np.linspace(0, 1, 11)[1:-1], scores), minlength=10)
    filled = counts[counts > 0]
    precision, recall, thresholds = precision_recall_curve(labels, scores)
    return {
        "name": name,
        "labels": labels.tolist(),
        "scores": plain(scores),
        "threshold": threshold,
        "averagePrecision": float(average_precision_score(labels, scores)),
        "rocAuc": float(roc_auc_score(labels, scores)),
        "brier": float(brier_score_loss(labels, scores)),
        "logLoss": float(log_loss(labels, scores)),
        "precision": float(precision_score(labels, alerts)),
        "recall": float(recall_score(labels, alerts)),
        "f1": float(f1_score(labels, alerts)),
        "confusion": confusion_matrix(labels, alerts).ravel().tolist(),
        "binCounts": counts.tolist(),
        "binMeans": plain(mean),
        "binShares": plain(share),
        "ece": float(np.sum(filled * np.abs(mean - share)) / len(labels)),
        "curve": {"precision": plain(precision), "recall": plain(recall), "thresholds": plain(thresholds)},
    }


def answer(function, *args, **kwargs):
    """What scikit-learn does where the figure does not exist: its value, or its error's type."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            value = str(function(*args, **kwargs))
        except Exception as error:  # noqa: BLE001
            value = type(error).__name__
    return {"value": value, "warnings": sorted({w.category.__name__ for w in caught})}


def single_class(label):
    labels, scores = np.full(4, label), np.array([0.1, 0.4, 0.35, 0.8])
    alerts = (scores >= 0.3).astype(int)
    never = np.zeros(4, dtype=int)
    return {
        "label": label,
        "averagePrecision": answer(average_precision_score, labels, scores),
        "rocAuc": answer(roc_auc_score, labels, scores),
        "logLoss": answer(log_loss, labels, scores),
        "brier": answer(brier_score_loss, labels, scores, pos_label=1),
        "recall": answer(recall_score, labels, alerts),
        "precisionWithoutAlerts": answer(precision_score, labels, never),
        "f1WithoutAlerts": answer(f1_score, labels, never),
    }


y400 = (rng.random(400) < 0.12).astype(int)
p400 = np.clip(0.15 + 0.3 * y400 + 0.2 * rng.standard_normal(400), 0, 1)
y60 = (rng.random(60) < 0.5).astype(int)
cases = [
    metrics_case("400 random rows", y400, p400, 0.4),
    metrics_case("400 random rows on a grid of tenths, the bins' edges", y400, np.round(p400, 1), 0.3),
    metrics_case("60 rows of float32 probabilities on a grid of twentieths", y60, np.round(rng.random(60) * 20).astype(np.float32) / np.float32(20), 0.5),
    metrics_case("all scores equal", [0, 1, 0, 1, 1, 0, 0], [0.3] * 7, 0.3),
    metrics_case("all scores 0 or 1, wrong ones too", [0, 1, 0, 1, 1], [0.0, 1.0, 1.0, 0.0, 1.0], 0.5),
    metrics_case("one positive, last", [0, 0, 0, 0, 1], [0.9, 0.8, 0.7, 0.6, 0.1], 0.1),
]
(here / "golden-metrics.json").write_text(
    json.dumps({"source": source, "cases": cases, "singleClass": [single_class(0), single_class(1)]}) + "\n"
)

degrees = [1, 2, 3, 4, 5, 9, 10, 29, 30, 100, 583, 1000, 9999]
student = [
    {"degrees": df, "probability": p, "t": float(stats.t.ppf(p, df))} for df in degrees for p in (0.025, 0.6, 0.975, 0.999)
]
gains = rng.standard_normal(12) * 0.02 + 0.015
interval = stats.ttest_1samp(gains, 0).confidence_interval(0.95)

x300 = np.round(rng.standard_normal(300), 1)
t300 = (rng.random(300) < 1 / (1 + np.exp(1 - 2 * x300))).astype(int)
isotonic = IsotonicRegression(out_of_bounds="clip").fit(x300, t300)
queries = np.concatenate([np.linspace(-5, 5, 101), x300[:20]])


def beta_case(name, scores, labels):
    s = np.clip(scores, -30, 30)
    ln_p, minus_ln_q = -np.logaddexp(0, -s), np.logaddexp(0, s)
    positives = labels.sum()
    targets = np.where(labels == 1, (positives + 1) / (positives + 2), 1 / (len(labels) - positives + 2))

    def loss(v):
        z = v[0] * ln_p + v[1] * minus_ln_q + v[2]
        p = 1 / (1 + np.exp(-z))
        error = (p - targets) / len(targets)
        return np.mean(np.logaddexp(0, z) - targets * z), np.array([error @ ln_p, error @ minus_ln_q, error.sum()])

    fits = [
        optimize.minimize(
            loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None), (0, None), (None, None)],
            options={"ftol": 1e-16, "gtol": 1e-12, "maxiter": 10000, "maxls": 100},
        )
        for start in ([1, 1, 0], [0.1, 2, 0], [2, 0.1, 0])
    ]
    fit = min(fits, key=lambda f: f.fun)
    return {"name": name, "scores": plain(scores), "labels": labels.tolist(), "loss": float(fit.fun), "abc": plain(fit.x)}


def outcomes(p):
    return (rng.random(len(p)) < p).astype(int)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


s500 = 2 * rng.standard_normal(500) - 1
s500[:3] = [45, -60, 30]
beta = [
    beta_case("a and b free", s500, outcomes(sigmoid(0.6 * -np.logaddexp(0, -s500) + 1.5 * np.logaddexp(0, s500) - 0.3))),
    beta_case("a held at 0", s500, outcomes(sigmoid(-0.9 * -np.logaddexp(0, -s500) + 1.2 * np.logaddexp(0, s500) - 2))),
    beta_case("b held at 0", s500, outcomes(sigmoid(1.2 * -np.logaddexp(0, -s500) - 0.9 * np.logaddexp(0, s500) + 2))),
    beta_case("both held at 0", s500, outcomes(sigmoid(-s500))),
]
golden = {
    "source": source,
    "student": student,
    "gains": plain(gains),
    "gainInterval": [float(interval.low), float(interval.high)],
    "isotonic": {
        "scores": plain(x300),
        "labels": t300.tolist(),
        "thresholds": plain(isotonic.X_thresholds_),
        "values": plain(isotonic.y_thresholds_),
        "queries": plain(queries),
        "predictions": plain(isotonic.predict(queries)),
    },
    "beta": beta,
}
(here / "golden-calibration.json").write_text(json.dumps(golden) + "\n")
