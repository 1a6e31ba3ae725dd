"""Golden values of scikit-learn for the trainer's metrics and its logistic regression.

    pip install scikit-learn==1.9.1 && python tests/trainer/make-golden.py
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn.calibration import _sigmoid_calibration
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

here = pathlib.Path(__file__).parent
source = f"tests/trainer/make-golden.py, scikit-learn {sklearn.__version__}, numpy {np.__version__}"
rng = np.random.default_rng(20251206)


def metrics_case(name, labels, scores):
    labels, scores = np.asarray(labels), np.asarray(scores, dtype=float)
    return {
        "name": name,
        "labels": labels.tolist(),
        "scores": scores.tolist(),
        "averagePrecision": average_precision_score(labels, scores),
        "rocAuc": roc_auc_score(labels, scores),
        "brier": brier_score_loss(labels, scores),
        "logLoss": log_loss(labels, scores),
    }


y200 = (rng.random(200) < 0.15).astype(int)
p200 = np.clip(0.1 + 0.3 * y200 + 0.2 * rng.standard_normal(200), 0, 1)
cases = [
    metrics_case("the textbook four", [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]),
    metrics_case("all scores equal", [0, 1, 0, 1, 1, 0, 0], [0.5] * 7),
    metrics_case("ties across outcomes", [1, 0, 1, 0, 0, 1], [0.9, 0.9, 0.5, 0.5, 0.5, 0.1]),
    metrics_case("ties at the top", [0, 1, 0, 0, 1], [0.7, 0.7, 0.7, 0.2, 0.1]),
    metrics_case("one positive, last", [0, 0, 0, 0, 1], [0.9, 0.8, 0.7, 0.6, 0.1]),
    metrics_case("perfect", [0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9]),
    metrics_case("probabilities of exactly 0 and 1, wrong ones too", [0, 1, 0, 1], [0.0, 1.0, 1.0, 0.0]),
    metrics_case("200 random rows", y200, p200),
    metrics_case("200 random rows on a grid of tenths", y200, np.round(p200, 1)),
]
(here / "golden-metrics.json").write_text(json.dumps({"source": source, "cases": cases}) + "\n")

n = 80
x = rng.standard_normal((n, 3))
x[:, 2] = 0.9 * x[:, 0] + 0.1 * x[:, 2]
y = (rng.random(n) < 1 / (1 + np.exp(-(x[:, 0] - 1)))).astype(int)
fits = []
for strength in (10, 1, 0.1, 0.001):
    model = LogisticRegression(C=1 / (n * strength), solver="newton-cholesky", tol=1e-12, max_iter=1000).fit(x, y)
    fits.append({"strength": strength, "weights": model.coef_[0].tolist(), "intercept": float(model.intercept_[0])})
slope, intercept = _sigmoid_calibration(3 * p200, y200)
platt = {"scores": (3 * p200).tolist(), "labels": y200.tolist(), "slope": -slope, "intercept": -intercept}
golden = {"source": source, "platt": platt, "x": x.tolist(), "y": y.tolist(), "fits": fits}
(here / "golden-logistic.json").write_text(json.dumps(golden) + "\n")
