"""Golden models for the import of foreign ONNX: exports of scikit-learn and LightGBM, and their own predictions.

    pip install -r tests/peers/requirements.txt && python tests/trainer/import/golden/make-golden.py [DIR]

Writes <name>.onnx and <name>.csv (columns of the row, then the library's own float64 probability) into DIR, by
default this folder. The rows are random ones, some with missing values, and for every threshold of a tree the three float32 values
at and around it.
"""

import pathlib
import sys
import warnings

import lightgbm
import numpy as np
import onnx
import skl2onnx.common._container as container
from onnx import TensorProto, helper, numpy_helper
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType
from skl2onnx import to_onnx
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
COLUMNS = ["rv_60_over_tau", "ewma_60_over_tau", "jump_share_300", "imbalance_60"]
rng = np.random.default_rng(20251206)
X = rng.standard_normal((600, 4)).astype(np.float32)
logit = 1.5 * X[:, 0] + X[:, 1] * X[:, 2] - 2
y = (rng.random(600) < 1 / (1 + np.exp(-logit))).astype(int)
GAPS = X.copy()
GAPS[rng.random(X.shape) < 0.1] = np.nan

# skl2onnx 1.20 hands numpy booleans to onnx, which takes only whole numbers since 1.19: the same values, as those.
make_node = container.make_node


def make_node_of_integers(*args, **kwargs):
    tracks = "nodes_missing_value_tracks_true"
    if tracks in kwargs:
        kwargs[tracks] = [int(track) for track in kwargs[tracks]]
    return make_node(*args, **kwargs)


container.make_node = make_node_of_integers


def around(thresholds, base, limit=240):
    """Rows that hold, one threshold each, the float32 below it, nearest to it and above it."""
    distinct = sorted(set(thresholds))
    picked = [distinct[i] for i in np.unique(np.linspace(0, len(distinct) - 1, limit // 3).astype(int))]
    rows = []
    for i, (feature, threshold) in enumerate(picked):
        nearest = np.float32(threshold)
        for value in (np.nextafter(nearest, np.float32(-np.inf)), nearest, np.nextafter(nearest, np.float32(np.inf))):
            row = base[i % len(base)].copy()
            row[feature] = value
            rows.append(row)
    return np.array(rows, dtype=np.float32).reshape(-1, base.shape[1])


def cell(x):
    return "" if np.isnan(x) else np.format_float_scientific(np.float32(x), unique=True, trim="-")


def save(name, model, rows, probabilities):
    (out / f"{name}.onnx").write_bytes(model.SerializeToString())
    lines = [",".join([*COLUMNS, "probability"])]
    lines += [",".join([*map(cell, row), repr(float(p))]) for row, p in zip(rows, probabilities)]
    (out / f"{name}.csv").write_text("\n".join(lines) + "\n")


def sklearn_thresholds(trees):
    for tree in (t.tree_ for t in trees):
        yield from ((f, t) for f, t in zip(tree.feature, tree.threshold) if f >= 0)


def lightgbm_thresholds(model):
    def walk(node):
        if "threshold" in node:
            yield node["split_feature"], node["threshold"]
            yield from walk(node["left_child"])
            yield from walk(node["right_child"])

    for tree in model.booster_.dump_model()["tree_info"]:
        yield from walk(tree["tree_structure"])


forest = RandomForestClassifier(12, max_depth=5, random_state=1).fit(X, y)
rows = np.vstack([X[:100], around(sklearn_thresholds(forest.estimators_), X)])
save("sklearn-forest", to_onnx(forest, X[:1]), rows, forest.predict_proba(rows)[:, 1])

regressor = RandomForestRegressor(12, max_depth=5, random_state=1).fit(X, y)
rows = np.vstack([X[:100], around(sklearn_thresholds(regressor.estimators_), X)])
save("sklearn-regressor", to_onnx(regressor, X[:1]), rows, regressor.predict(rows))

hist = HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=7, random_state=1).fit(GAPS, y)
cuts = [
    (node["feature_idx"], node["num_threshold"])
    for (tree,) in hist._predictors
    for node in tree.nodes
    if not node["is_leaf"]
]
rows = np.vstack([GAPS[:100], around(cuts, X)])
save("sklearn-hist", to_onnx(hist, X[:1]), rows, hist.predict_proba(rows)[:, 1])

logistic = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression()).fit(GAPS, y == 1)
rows = GAPS[:200]
save("sklearn-logistic", to_onnx(logistic, X[:1], options={"zipmap": False}), rows, logistic.predict_proba(rows)[:, 1])

no_imputer = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
save("sklearn-without-imputer", to_onnx(no_imputer, X[:1]), X[:20], no_imputer.predict_proba(X[:20])[:, 1])

three = RandomForestClassifier(2, max_depth=2, random_state=1).fit(X, np.arange(600) % 3)
save("sklearn-three-classes", to_onnx(three, X[:1]), X[:20], three.predict_proba(X[:20])[:, 1])

words = RandomForestClassifier(2, max_depth=2, random_state=1).fit(X, np.where(y == 1, "spike", "calm"))
save("sklearn-words", to_onnx(words, X[:1]), X[:20], words.predict_proba(X[:20])[:, 1])

OPTIONS = {"n_estimators": 20, "num_leaves": 7, "min_child_samples": 5, "random_state": 1, "verbose": -1}
FLOATS = [("input", FloatTensorType([None, 4]))]
gbm = lightgbm.LGBMClassifier(**OPTIONS).fit(GAPS, y)
rows = np.vstack([GAPS[:100], around(lightgbm_thresholds(gbm), X)])
save("lightgbm", convert_lightgbm(gbm, initial_types=FLOATS), rows, gbm.predict_proba(rows)[:, 1])

# Every leaf of the first tree holds the log-odds of the base rate: with a high one all weights are positive.
often = lightgbm.LGBMClassifier(**{**OPTIONS, "n_estimators": 1, "learning_rate": 0.01}).fit(GAPS, 1 - y)
rows = GAPS[:100]
save("lightgbm-often", convert_lightgbm(often, initial_types=FLOATS), rows, often.predict_proba(rows)[:, 1])

# A converter that writes the library's own float64 thresholds: operator version 3 takes them as tensors.
boosted = GradientBoostingClassifier(n_estimators=20, max_depth=3, random_state=1).fit(X.astype(np.float64), y)
attributes = {"n_targets": 1, "aggregate_function": "SUM", "post_transform": "NONE"}
nodes = {key: [] for key in ("treeids", "nodeids", "featureids", "modes", "truenodeids", "falsenodeids")}
values, leaves, weights = [], {"target_treeids": [], "target_nodeids": [], "target_ids": []}, []
for i, estimator in enumerate(boosted.estimators_[:, 0]):
    tree = estimator.tree_
    for j in range(tree.node_count):
        leaf = tree.children_left[j] == -1
        nodes["treeids"].append(i)
        nodes["nodeids"].append(j)
        nodes["featureids"].append(0 if leaf else int(tree.feature[j]))
        nodes["modes"].append("LEAF" if leaf else "BRANCH_LEQ")
        nodes["truenodeids"].append(0 if leaf else int(tree.children_left[j]))
        nodes["falsenodeids"].append(0 if leaf else int(tree.children_right[j]))
        values.append(0.0 if leaf else float(tree.threshold[j]))
        if leaf:
            leaves["target_treeids"].append(i)
            leaves["target_nodeids"].append(j)
            leaves["target_ids"].append(0)
            weights.append(0.1 * float(tree.value[j, 0, 0]))
prior = float(np.log(y.mean() / (1 - y.mean())))
attributes |= {f"nodes_{key}": value for key, value in nodes.items()} | leaves


def exact_trees(element):
    tensors = {"nodes_values_as_tensor": values, "target_weights_as_tensor": weights, "base_values_as_tensor": [prior]}
    as_tensors = {key: numpy_helper.from_array(np.array(value), key) for key, value in tensors.items()}
    node = helper.make_node(
        "TreeEnsembleRegressor", ["X"], ["score"], domain="ai.onnx.ml", **attributes, **as_tensors
    )
    graph = helper.make_graph(
        [node, helper.make_node("Sigmoid", ["score"], ["p"])],
        "trees",
        [helper.make_tensor_value_info("X", element, [None, 4])],
        [helper.make_tensor_value_info("p", TensorProto.FLOAT, [None, 1])],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


rows = np.vstack([X[:100], around(sklearn_thresholds(boosted.estimators_[:, 0]), X)])
expected = boosted.predict_proba(rows)[:, 1]
save("double-trees", exact_trees(TensorProto.DOUBLE), rows, expected)
save("double-thresholds", exact_trees(TensorProto.FLOAT), rows, expected)

print(f"{len(list(out.glob('*.onnx')))} models in {out}, onnx {onnx.__version__}")
