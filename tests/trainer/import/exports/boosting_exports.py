"""Exports of LightGBM and XGBoost by onnxmltools and skl2onnx, and of CatBoost by itself."""

import json
import pathlib
import tempfile

import catboost
import lightgbm
import numpy as np
import pandas
import xgboost
from onnxmltools import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import DoubleTensorType, FloatTensorType
from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm as lightgbm_operator
from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost as xgboost_operator
from skl2onnx import to_onnx, update_registered_converter
from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes
from sklearn.calibration import CalibratedClassifierCV
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline

from export_case import Case
from export_data import COLUMNS, GAPS, WIDTH, X, golden_rows, y

FLOATS = [("input", FloatTensorType([None, WIDTH]))]
DOUBLES = [("input", DoubleTensorType([None, WIDTH]))]
ONE = X[:1]
LIGHT = {"n_estimators": 10, "num_leaves": 7, "min_child_samples": 5, "random_state": 1, "verbose": -1}
EXTREME = {"n_estimators": 10, "max_depth": 3, "random_state": 1}
CAT = {"iterations": 10, "depth": 3, "verbose": False, "random_seed": 1, "allow_writing_files": False}


def register():
    """What onnxmltools' documentation says to run once for LightGBM and XGBoost inside scikit-learn's pipelines."""
    options = {"nocl": [True, False], "zipmap": [True, False, "columns"]}
    for model, alias, operator in (
        (lightgbm.LGBMClassifier, "LightGbmLGBMClassifier", lightgbm_operator),
        (xgboost.XGBClassifier, "XGBoostXGBClassifier", xgboost_operator),
    ):
        update_registered_converter(
            model, alias, calculate_linear_classifier_output_shapes, operator, options=options
        )


def probability(model):
    return lambda rows: model.predict_proba(rows)[:, 1]


def case(name, exporter, model, options, export, predict, rows=None):
    return Case(name, exporter, model, options, export, predict, golden_rows() if rows is None else rows)


def by_skl2onnx(name, model, kind, options, rows=None, sample=ONE, opset=15, zipmap=False):
    def export():
        settings = {id(model): {"zipmap": zipmap}}
        opsets = {"": opset, "ai.onnx.ml": 3}
        return to_onnx(model, sample, target_opset=opsets, options=settings).SerializeToString()

    return case(name, "skl2onnx", kind, options, export, probability(model), rows)


def lightgbm_thresholds(booster):
    def walk(node):
        if "threshold" in node:
            yield node["split_feature"], node["threshold"]
            yield from walk(node["left_child"])
            yield from walk(node["right_child"])

    for tree in booster.dump_model()["tree_info"]:
        yield from walk(tree["tree_structure"])


def with_float32_thresholds(booster):
    """The same model for float32 rows, with thresholds that a converter to float32 cannot round to another branch."""

    def narrowed(line):
        if line.startswith("tree_sizes="):  # Lengths of text, which change.
            return ""
        if not line.startswith("threshold="):
            return line
        exact = np.array(line[len("threshold=") :].split(), dtype=np.float64)
        nearest = exact.astype(np.float32)
        below = np.where(nearest > exact, np.nextafter(nearest, np.float32(-np.inf)), nearest)
        return "threshold=" + " ".join(repr(float(value)) for value in below)

    lines = booster.model_to_string().split("\n")
    return lightgbm.Booster(model_str="\n".join(map(narrowed, lines)))


def lightgbm_cases():
    model = lightgbm.LGBMClassifier(**LIGHT).fit(GAPS, y)
    kind, by = "LGBMClassifier", "onnxmltools"
    on_thresholds = golden_rows(lightgbm_thresholds(model.booster_))

    def export(converted=model, types=FLOATS, **settings):
        return lambda: convert_lightgbm(converted, initial_types=types, **settings).SerializeToString()

    for opset in (9, 11, 13, 15, 17, 21):
        exported = export(target_opset=opset)
        yield case(f"lightgbm-opset-{opset}", by, kind, f"opset {opset}", exported, probability(model))
    yield case("lightgbm-zipmap-off", by, kind, "zipmap off", export(zipmap=False), probability(model))
    yield case("lightgbm-double", by, kind, "double", export(types=DOUBLES), probability(model))
    yield case("lightgbm-booster", by, "lightgbm.Booster", "", export(model.booster_), model.booster_.predict)
    yield case("lightgbm-on-thresholds", by, kind, "rows on thresholds", export(), probability(model), on_thresholds)
    narrowed = with_float32_thresholds(model.booster_)
    name, note = "lightgbm-float32-thresholds", "float32 thresholds, rows on thresholds"
    yield case(name, by, "lightgbm.Booster", note, export(narrowed), probability(model), on_thresholds)
    for zipmap in (True, False):
        for opset in (15, 21):
            options = f"double, zipmap {'on' if zipmap else 'off'}, opset {opset}"
            name = f"lightgbm-skl2onnx-double-{'map' if zipmap else 'table'}-{opset}"
            sample = ONE.astype(np.float64)
            yield by_skl2onnx(name, model, kind, options, None, sample, opset, zipmap)
    piped = make_pipeline(SimpleImputer(), lightgbm.LGBMClassifier(**LIGHT)).fit(GAPS, y)
    yield by_skl2onnx("lightgbm-pipeline", piped, f"Pipeline, {kind}", "")
    for method in ("sigmoid", "isotonic"):
        calibrated = CalibratedClassifierCV(lightgbm.LGBMClassifier(**LIGHT), method=method, cv=3).fit(GAPS, y)
        yield by_skl2onnx(f"lightgbm-calibrated-{method}", calibrated, f"CalibratedClassifierCV, {kind}", method)


def xgboost_cases():
    model = xgboost.XGBClassifier(**EXTREME).fit(GAPS, y)
    kind, by = "XGBClassifier", "onnxmltools"
    splits = model.get_booster().trees_to_dataframe().query("Feature != 'Leaf'")
    rows = golden_rows((int(name[1:]), split) for name, split in zip(splits.Feature, splits.Split))

    def export(converted=model, types=FLOATS, **settings):
        return lambda: convert_xgboost(converted, initial_types=types, **settings).SerializeToString()

    for opset in (9, 11, 13, 15, 17, 21):
        exported = export(target_opset=opset)
        yield case(f"xgboost-opset-{opset}", by, kind, f"opset {opset}", exported, probability(model), rows)
    yield case("xgboost-double", by, kind, "double", export(types=DOUBLES), probability(model), rows)
    yield case("xgboost-booster", by, "xgboost.Booster", "", export(model.get_booster()), probability(model), rows)
    forest = xgboost.XGBRFClassifier(**EXTREME).fit(GAPS, y)
    yield case("xgboost-forest", by, "XGBRFClassifier", "", export(forest), probability(forest))
    regressor = xgboost.XGBRegressor(**EXTREME, objective="binary:logistic").fit(GAPS, y)
    yield case("xgboost-regressor", by, "XGBRegressor", "binary:logistic", export(regressor), regressor.predict)
    named = xgboost.XGBClassifier(**EXTREME).fit(pandas.DataFrame(GAPS, columns=COLUMNS), y)
    yield case("xgboost-named", by, kind, "trained on a DataFrame", export(named), probability(model))
    for opset in (15, 21):
        yield by_skl2onnx(f"xgboost-skl2onnx-{opset}", model, kind, f"opset {opset}", rows, opset=opset)
    double = ONE.astype(np.float64)
    yield by_skl2onnx("xgboost-skl2onnx-double", model, kind, "double", rows, double)
    piped = make_pipeline(SimpleImputer(), xgboost.XGBClassifier(**EXTREME)).fit(GAPS, y)
    yield by_skl2onnx("xgboost-pipeline", piped, f"Pipeline, {kind}", "zipmap on", zipmap=True)
    calibrated = CalibratedClassifierCV(xgboost.XGBClassifier(**EXTREME), method="sigmoid", cv=3).fit(GAPS, y)
    yield by_skl2onnx("xgboost-calibrated-sigmoid", calibrated, f"CalibratedClassifierCV, {kind}", "sigmoid")


def saved(model, form):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / f"model.{form}"
        model.save_model(str(path), format=form)
        return path.read_bytes()


def catboost_thresholds(model):
    for feature in json.loads(saved(model, "json"))["features_info"]["float_features"]:
        yield from ((feature["flat_feature_index"], border) for border in feature["borders"])


def catboost_cases():
    kind, by = "CatBoostClassifier", "CatBoost"

    def classifier(name, options, target=y, data=GAPS, **settings):
        model = catboost.CatBoostClassifier(**CAT, **settings).fit(data, target)
        rows = golden_rows(catboost_thresholds(model))
        return case(f"catboost-{name}", by, kind, options, lambda: saved(model, "onnx"), probability(model), rows)

    yield classifier("plain", "")
    yield classifier("no-gaps", "trained without missing values", data=X)
    yield classifier("nan-max", 'nan_mode="Max"', nan_mode="Max")
    yield classifier("strings", "labels: strings", np.where(y == 1, "1", "0"))
    yield classifier("words", "labels: words", np.where(y == 1, "spike", "calm"))
    yield classifier("lossguide", 'grow_policy="Lossguide"', grow_policy="Lossguide")
    regressor = catboost.CatBoostRegressor(**CAT).fit(GAPS, y)
    kind = "CatBoostRegressor"
    yield case("catboost-regressor", by, kind, "RMSE", lambda: saved(regressor, "onnx"), regressor.predict)


def cases():
    register()
    yield from lightgbm_cases()
    yield from xgboost_cases()
    yield from catboost_cases()
