"""Exports of scikit-learn models by skl2onnx: options, opsets, element types, and kinds of models."""

import numpy as np
import pandas
import skl2onnx.common._container as container
from skl2onnx import to_onnx
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from export_case import Case
from export_data import COLUMNS, GAPS, X, golden_rows, y

ONE = X[:1]
DOUBLE = ONE.astype(np.float64)


def with_integer_tracks(export):
    """skl2onnx 1.20 hands numpy booleans to onnx, which takes only whole numbers since 1.19: the same, as those."""
    make_node = container.make_node

    def make(*args, **kwargs):
        tracks = "nodes_missing_value_tracks_true"
        if tracks in kwargs:
            kwargs[tracks] = [int(track) for track in kwargs[tracks]]
        return make_node(*args, **kwargs)

    def patched():
        container.make_node = make
        try:
            return export()
        finally:
            container.make_node = make_node

    return patched


def case(name, model, kind, note="", sample=ONE, rows=None, predict=None, patch=False, **arguments):
    def export():
        return to_onnx(model, sample, **arguments).SerializeToString()

    return Case(
        name=f"sklearn-{name}",
        exporter="skl2onnx",
        model=kind,
        options=note,
        export=with_integer_tracks(export) if patch else export,
        predict=predict or (lambda rows: model.predict_proba(rows)[:, 1]),
        rows=golden_rows() if rows is None else rows,
    )


def imputed(estimator, target=y):
    return make_pipeline(SimpleImputer(), estimator).fit(GAPS, target)


def tree_thresholds(trees):
    for tree in (t.tree_ for t in trees):
        yield from ((f, t) for f, t in zip(tree.feature, tree.threshold) if f >= 0)


def option_cases():
    logistic = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression()).fit(GAPS, y)
    kind = "LogisticRegression"
    for opset in (9, 11, 13, 15, 17, 18, 19, 20, 21):
        yield case(f"logistic-opset-{opset}", logistic, kind, f"opset {opset}", target_opset=opset)
    last = id(logistic[-1])
    without = {"zipmap": False}
    yield case("logistic-zipmap-off", logistic, kind, "zipmap off", options=without)
    yield case("logistic-zipmap-columns", logistic, kind, 'zipmap "columns"', options={"zipmap": "columns"})
    yield case("logistic-nocl", logistic, kind, "nocl", options={last: {"nocl": True, **without}})
    labels = {last: {"output_class_labels": True, **without}}
    yield case("logistic-class-labels", logistic, kind, "output_class_labels", options=labels)
    yield case("logistic-raw", logistic, kind, "raw_scores", options={last: {"raw_scores": True, **without}})
    yield case("logistic-double", logistic, kind, "double, imputer", sample=DOUBLE, options=without)
    plain = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    yield case("logistic-no-imputer", plain, kind, "no imputer", rows=X[:60])
    for label, target in {
        "bool": y == 1,
        "float": y.astype(float),
        "strings": np.where(y == 1, "1", "0"),
        "words": np.where(y == 1, "spike", "calm"),
        "signs": 2 * y - 1,
        "three": np.arange(len(y)) % 3,
    }.items():
        yield case(f"logistic-labels-{label}", imputed(LogisticRegression(), target), kind, f"labels: {label}")


def frame_cases():
    kind = "ColumnTransformer, LogisticRegression"
    for name, dtype in (("float", np.float32), ("double", np.float64)):
        frame = pandas.DataFrame(GAPS.astype(dtype), columns=COLUMNS)
        scaled = make_pipeline(SimpleImputer(), StandardScaler())
        # Two steps that take the columns in another order than the row's.
        columns = ColumnTransformer([("a", scaled, COLUMNS[2:]), ("b", scaled, COLUMNS[:2])])
        model = make_pipeline(columns, LogisticRegression()).fit(frame, y)

        def predict(rows, model=model, dtype=dtype):
            return model.predict_proba(pandas.DataFrame(rows.astype(dtype), columns=COLUMNS))[:, 1]

        for opset in (9, 21):
            options = f"DataFrame, {name}, opset {opset}"
            yield case(
                f"frame-{name}-{opset}", model, kind, options, frame[:1], predict=predict, target_opset=opset
            )
    foreign = pandas.DataFrame(GAPS, columns=[*COLUMNS[:3], "volume"])
    columns = ColumnTransformer([("a", SimpleImputer(), list(foreign.columns))])
    model = make_pipeline(columns, LogisticRegression()).fit(foreign, y)

    def predict_foreign(rows, model=model):
        return model.predict_proba(pandas.DataFrame(rows, columns=foreign.columns))[:, 1]

    yield case("frame-foreign", model, kind, "DataFrame, foreign column", foreign[:1], predict=predict_foreign)
    # Without an imputer, which onnxruntime lacks for double.
    frame = pandas.DataFrame(GAPS.astype(np.float64), columns=COLUMNS)
    columns = ColumnTransformer([("a", "passthrough", COLUMNS[2:]), ("b", "passthrough", COLUMNS[:2])])
    hist = make_pipeline(columns, HistGradientBoostingClassifier(max_iter=10, max_leaf_nodes=7, random_state=1))
    hist.fit(frame, y)

    def predict_hist(rows):
        return hist.predict_proba(pandas.DataFrame(rows.astype(np.float64), columns=COLUMNS))[:, 1]

    kind = "ColumnTransformer, HistGradientBoostingClassifier"
    yield case("frame-hist-double", hist, kind, "DataFrame, double", frame[:1], predict=predict_hist, patch=True)


def model_cases():
    settings = {"max_depth": 5, "random_state": 1}
    forest = RandomForestClassifier(8, **settings)
    hist = HistGradientBoostingClassifier(max_iter=10, max_leaf_nodes=7, random_state=1)
    kinds = {
        "forest": (forest, lambda m: tree_thresholds(m.estimators_)),
        "extra-trees": (ExtraTreesClassifier(8, **settings), lambda m: tree_thresholds(m.estimators_)),
        "boosting": (
            GradientBoostingClassifier(n_estimators=10, random_state=1),
            lambda m: tree_thresholds(m.estimators_[:, 0]),
        ),
        "ada": (AdaBoostClassifier(n_estimators=5, random_state=1), None),
        "bagging": (BaggingClassifier(n_estimators=4, random_state=1), None),
        "mlp": (MLPClassifier((8,), max_iter=50, random_state=1), None),
        "bayes": (GaussianNB(), None),
        "svc": (SVC(probability=True, random_state=1), None),
        "svc-scores": (SVC(random_state=1), None),
        "ridge": (RidgeClassifier(), None),
        "sgd": (SGDClassifier(loss="log_loss", random_state=1), None),
        "discriminant": (LinearDiscriminantAnalysis(), None),
        "neighbours": (KNeighborsClassifier(), None),
        "stacking": (
            StackingClassifier([("a", LogisticRegression()), ("b", RandomForestClassifier(4, **settings))]),
            None,
        ),
    }
    for name, (estimator, thresholds) in kinds.items():
        model = imputed(estimator)
        rows = golden_rows(thresholds(model[-1])) if thresholds else golden_rows()
        predict = None if hasattr(model, "predict_proba") else model.predict
        zipmap = {"options": {"zipmap": False}} if name == "ridge" else {}
        yield case(name, model, type(estimator).__name__, "imputer in front", rows=rows, predict=predict, **zipmap)
        if name in ("forest", "boosting", "mlp"):
            kind = type(estimator).__name__
            yield case(f"{name}-opset-9", model, kind, "imputer, opset 9", rows=rows, target_opset=9)
    bare = RandomForestClassifier(8, **settings).fit(X, y)
    rows = golden_rows(tree_thresholds(bare.estimators_))
    yield case("forest-bare", bare, "RandomForestClassifier", "no imputer, golden rows with gaps", rows=rows)
    full = rows[~np.isnan(rows).any(axis=1)]
    kind = "RandomForestClassifier"
    yield case("forest-double", bare, kind, "double", DOUBLE, rows=full, options={"zipmap": False})
    yield case("forest-double-zipmap", bare, kind, "double, zipmap on", DOUBLE, rows=full)
    regressor = make_pipeline(SimpleImputer(), RandomForestRegressor(8, **settings)).fit(GAPS, y)
    rows = golden_rows(tree_thresholds(regressor[-1].estimators_))
    kind, predict = "RandomForestRegressor", regressor.predict
    yield case("forest-regressor", regressor, kind, "imputer in front", rows=rows, predict=predict)
    hist.fit(GAPS, y)
    cuts = [(n["feature_idx"], n["num_threshold"]) for (t,) in hist._predictors for n in t.nodes if not n["is_leaf"]]
    kind, rows = "HistGradientBoostingClassifier", golden_rows(cuts)
    yield case("hist-as-it-is", hist, kind, "skl2onnx 1.20 with onnx 1.19 or newer", rows=rows)
    for opset in (9, 15, 21):
        yield case(f"hist-opset-{opset}", hist, kind, f"opset {opset}", rows=rows, patch=True, target_opset=opset)
    yield case("hist-zipmap-off", hist, kind, "zipmap off", rows=rows, patch=True, options={"zipmap": False})
    yield case("hist-double", hist, kind, "double, zipmap on", DOUBLE, rows=rows, patch=True)


def calibrated_cases():
    settings = {"max_depth": 5, "random_state": 1}
    inner = {
        "logistic": LogisticRegression(),
        "svm": LinearSVC(),
        "forest": RandomForestClassifier(4, **settings),
    }
    kind = "CalibratedClassifierCV"
    for method in ("sigmoid", "isotonic", "temperature"):
        for name, estimator in inner.items():
            model = imputed(CalibratedClassifierCV(estimator, method=method, cv=3))
            yield case(f"calibrated-{name}-{method}", model, f"{kind}, {type(estimator).__name__}", method)
        hist = HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=7, random_state=1)
        model = CalibratedClassifierCV(hist, method=method, cv=3).fit(GAPS, y)
        yield case(f"calibrated-hist-{method}", model, f"{kind}, {type(hist).__name__}", method, patch=True)
    model = imputed(CalibratedClassifierCV(LogisticRegression(), cv=3))
    for opset in (9, 21):
        yield case(f"calibrated-opset-{opset}", model, kind, f"sigmoid, opset {opset}", target_opset=opset)


def cases():
    yield from option_cases()
    yield from frame_cases()
    yield from model_cases()
    yield from calibrated_cases()
