"""Golden values of LightGBM and scikit-learn for the trainer's boosted trees.

    pip install lightgbm==4.7.0 scikit-learn==1.9.1 && python tests/trainer/trees/make-golden.py
"""

import json
import pathlib

import lightgbm
import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score

here = pathlib.Path(__file__).parent
versions = f"LightGBM {lightgbm.__version__}, scikit-learn {sklearn.__version__}, numpy {np.__version__}"
source = f"tests/trainer/trees/make-golden.py, {versions}"
rng = np.random.default_rng(20251206)
common = dict(
    objective="binary",
    max_bin=255,
    min_data_in_bin=1,
    feature_pre_filter=False,
    enable_bundle=False,
    deterministic=True,
    force_col_wise=True,
    num_threads=1,
    verbosity=-1,
)


def listed(x):
    return [None if np.isnan(value) else float(value) for value in x.ravel()]


def log_odds(z):
    return z[:, 0] + z[:, 1] * z[:, 2] - 0.5 * z[:, 3] ** 2 - 1


# 1. Tie-free values, each in a bin of its own in both implementations: the same splits, leaf by leaf.
z = rng.standard_normal((240, 4))
y = (rng.random(240) < 1 / (1 + np.exp(-log_odds(z)))).astype(int)
x = z.astype(np.float32)
x[rng.random(240) < 0.1, 1] = np.nan
x[(rng.random(240) < 0.2) & (y == 1), 2] = np.nan
shape = dict(num_leaves=8, learning_rate=0.1, lambda_l2=0.5, min_data_in_leaf=1, min_sum_hessian_in_leaf=2)
cases = []
for name, extra in {"free": {}, "monotone": {"monotone_constraints": [1, 0, 0, -1]}}.items():
    booster = lightgbm.train({**common, **shape, **extra}, lightgbm.Dataset(x.astype(np.float64), y), 10)
    table = booster.trees_to_dataframe()
    gains = table[(table.tree_index == 0) & table.split_gain.notna()].split_gain
    scores = booster.predict(x.astype(np.float64), raw_score=True)
    cases.append({"name": name, "firstGains": sorted(gains, reverse=True), "scores": scores.tolist()})
tie_free = {"x": listed(x), "y": y.tolist(), "cases": cases}

# 2. Columns of at most 255 distinct values, so that all three have the same bins: PR-AUC on rows not trained on.
z = rng.standard_normal((2400, 4))
y = (rng.random(2400) < 1 / (1 + np.exp(-log_odds(z)))).astype(int)
x = np.round(z * 20)
x[rng.random((2400, 4)) < 0.05] = np.nan
train, test = slice(0, 1200), slice(1200, 2400)
booster = lightgbm.train(
    {**common, "num_leaves": 8, "learning_rate": 0.1, "min_data_in_leaf": 20, "lambda_l2": 1},
    lightgbm.Dataset(x[train], y[train]),
    60,
)
histogram = HistGradientBoostingClassifier(
    max_iter=60, max_leaf_nodes=8, learning_rate=0.1, min_samples_leaf=20, l2_regularization=1, early_stopping=False
).fit(x[train], y[train])
parity = {
    "x": [None if np.isnan(value) else int(value) for value in x.ravel()],
    "y": y.tolist(),
    "lightgbm": average_precision_score(y[test], booster.predict(x[test], raw_score=True)),
    "scikitLearn": average_precision_score(y[test], histogram.decision_function(x[test])),
}

# 3. Variances of a forecast that is never ten times too high, where the bound of the hessian does nothing: the gamma
# objective gives the same trees. No least number of rows: LightGBM estimates the rows of a bin from
# its hessians, and would find none in some.
z = rng.standard_normal((240, 4))
y = np.exp(0.4 * z[:, 0] + 0.2 * z[:, 1] * z[:, 2]) * rng.uniform(0.5, 1.5, 240)
x = z.astype(np.float32)
x[rng.random(240) < 0.1, 1] = np.nan
booster = lightgbm.train(
    {**common, **shape, "objective": "gamma", "min_data_in_leaf": 0},
    lightgbm.Dataset(x.astype(np.float64), y.astype(np.float32)),
    10,
)
table = booster.trees_to_dataframe()
gains = table[(table.tree_index == 0) & table.split_gain.notna()].split_gain
gamma = {
    "x": listed(x),
    "y": y.astype(np.float32).astype(float).tolist(),
    "firstGains": sorted(gains, reverse=True),
    "scores": booster.predict(x.astype(np.float64), raw_score=True).tolist(),
}
golden = {"source": source, "tieFree": tie_free, "parity": parity, "gamma": gamma}
(here / "golden-trees.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
