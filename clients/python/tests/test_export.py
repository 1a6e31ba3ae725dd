"""Exports: what is written, that ONNX gives the library's own probabilities, and what is refused."""

from __future__ import annotations

import csv
import json

import lightgbm
import numpy as np
import onnx
import onnxruntime
import pytest
import xgboost
from row_files import FEATURES
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

import volgate
from volgate.export_model import compare
from volgate.float32_thresholds import float32_below, round_thresholds
from volgate.golden_rows import golden_rows

LIGHTGBM = {"n_estimators": 20, "num_leaves": 7, "verbose": -1}
MODELS = {
    "lightgbm": lambda: lightgbm.LGBMClassifier(**LIGHTGBM),
    "lightgbm-in-pipeline": lambda: make_pipeline(SimpleImputer(), lightgbm.LGBMClassifier(**LIGHTGBM)),
    "lightgbm-regressor": lambda: lightgbm.LGBMRegressor(n_estimators=3, verbose=-1),
    "xgboost": lambda: xgboost.XGBClassifier(n_estimators=20, max_depth=3),
    "xgboost-in-pipeline": lambda: make_pipeline(SimpleImputer(), xgboost.XGBClassifier(n_estimators=5)),
    "hist-gradient-boosting": lambda: HistGradientBoostingClassifier(max_iter=20),
    "forest": lambda: make_pipeline(SimpleImputer(), RandomForestClassifier(10, max_depth=4)),
    "logistic": lambda: make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression()),
    "calibrated-forest": lambda: make_pipeline(
        SimpleImputer(), CalibratedClassifierCV(RandomForestClassifier(5), cv=2)
    ),
    "calibrated-logistic": lambda: make_pipeline(
        SimpleImputer(), StandardScaler(), CalibratedClassifierCV(LogisticRegression(), cv=2)
    ),
    "calibrated-hist": lambda: CalibratedClassifierCV(HistGradientBoostingClassifier(max_iter=5), cv=2),
    "calibrated-xgboost": lambda: CalibratedClassifierCV(xgboost.XGBClassifier(n_estimators=5), cv=2),
}


def onnx_scores(folder, rows):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(folder / "model.onnx", options)
    found = np.asarray(session.run(None, {"features": rows})[-1])
    return found.reshape(len(rows), -1)[:, -1]


@pytest.mark.parametrize("name", MODELS)
def test_the_onnx_file_gives_the_librarys_own_probabilities(rows, tmp_path, name):
    model = MODELS[name]().fit(rows.X, rows.y)
    exported = volgate.export(model, rows, tmp_path / name)
    own = model.predict_proba(rows.X)[:, 1] if hasattr(model, "predict_proba") else model.predict(rows.X)
    assert np.abs(onnx_scores(tmp_path / name, rows.X) - own).max() <= 1e-6
    assert exported.max_difference <= 1e-6


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
def test_boosters_of_the_libraries_own_training_too(rows, tmp_path, library):
    if library == "lightgbm":
        params = {"objective": "binary", "verbose": -1}
        booster = lightgbm.train(params, lightgbm.Dataset(rows.X, rows.y), 10)
        own = booster.predict(rows.X)
    else:
        booster = xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(rows.X, rows.y), 10)
        own = booster.predict(xgboost.DMatrix(rows.X))
    volgate.export(booster, rows, tmp_path / "booster")
    assert np.abs(onnx_scores(tmp_path / "booster", rows.X) - own).max() <= 1e-6


def test_what_the_import_takes_is_written(rows, tmp_path):
    model = lightgbm.LGBMClassifier(**LIGHTGBM).fit(rows.X, rows.y)
    exported = volgate.export(model, rows, tmp_path / "mine", threshold=0.35)
    folder = tmp_path / "mine"
    assert sorted(path.name for path in folder.iterdir()) == ["golden.csv", "import.json", "label.json", "model.onnx"]
    assert json.loads((folder / "label.json").read_text()) == rows.metadata.label
    assert json.loads((folder / "import.json").read_text())["import"] == exported.import_arguments
    arguments = dict(zip(exported.import_arguments[1::2], exported.import_arguments[2::2]))
    assert arguments == {
        "--features": ",".join(FEATURES),
        "--row": "default-1",
        "--step": "1000ms",
        "--label": str(folder / "label.json"),
        "--golden": str(folder / "golden.csv"),
        "--threshold": "0.35",
        "--name": "mine",
    }


def test_the_golden_table_holds_the_librarys_predictions_bit_for_bit(rows, tmp_path):
    model = xgboost.XGBClassifier(n_estimators=5).fit(rows.X, rows.y)
    volgate.export(model, rows, tmp_path / "mine")
    with (tmp_path / "mine" / "golden.csv").open() as file:
        header, *lines = list(csv.reader(file))
    assert header == [*FEATURES, "probability"]
    table = np.array([[float(cell or "nan") for cell in line[:-1]] for line in lines]).astype("float32")
    np.testing.assert_array_equal(table, golden_rows(rows.X, FEATURES))
    own = model.predict_proba(table)[:, 1].astype("float64")
    assert [float(line[-1]) for line in lines] == own.tolist()


def test_golden_rows_are_ordinary_holed_and_extreme():
    sample = np.linspace(0, 1, 4_000).reshape(1_000, 4).astype("float32")
    sample[:, 1] = np.nan
    table = golden_rows(sample, FEATURES)
    missing = np.isnan(table)
    assert missing.all(axis=1).any()
    # Each column is missing somewhere where others are not, and those of quotes are missing together.
    assert (missing & ~missing[:, [0]])[:, 3].any()
    assert (missing & ~missing[:, [3]])[:, [0, 2]].any(axis=0).all()
    for column in (0, 2, 3):
        values = table[:, column][~missing[:, column]]
        assert values.min() < -900
        assert values.max() > 900
    assert np.isfinite(table[~missing]).all()
    assert set(map(tuple, sample[:1][:, [0, 2, 3]])) <= set(map(tuple, table[:, [0, 2, 3]]))


def test_each_column_is_missing_in_eight_different_rows():
    for width in (4, 33, 64):
        sample = np.arange(500 * width, dtype="float32").reshape(500, width)
        table = golden_rows(sample, [f"x{j}" for j in range(width)])
        alone = table[np.isnan(table).sum(axis=1) == 1]
        assert np.isnan(alone).sum(axis=0).tolist() == [8] * width
        assert len(np.unique(np.nan_to_num(alone, nan=-1), axis=0)) == 8 * width


def wide_rows():
    """Rows of as many columns as the gateway's, and labels by the first one alone."""
    values = np.random.default_rng(1).normal(size=(6_000, 33)).astype("float32")
    return values, (values[:, 0] > 0.5).astype(int)


def export_wide(model, values, path):
    names = [f"x{j}" for j in range(33)]
    return volgate.export(model, names, path, sample=values, row="default-1", step_ms=1000, label={})


def test_a_model_that_is_wrong_on_one_kind_of_rows_only_is_refused(tmp_path):
    values, labels = wide_rows()
    # Without a missing value in training the tree follows the larger side, and its converter the right one.
    tree = DecisionTreeClassifier(max_depth=3).fit(values, labels)
    with pytest.raises(volgate.ExportError, match=r"differs from the model in \d+ of \d+ golden rows"):
        export_wide(tree, values, tmp_path / "tree")
    zeros = np.random.default_rng(2).random(len(values)) < 0.002
    zeroed = values.copy()
    zeroed[zeros, 0] = 0
    params = {"n_estimators": 3, "num_leaves": 3, "min_child_samples": 5, "verbose": -1, "zero_as_missing": True}
    booster = lightgbm.LGBMClassifier(**params).fit(zeroed, np.where(zeros, 1, labels))
    with pytest.raises(volgate.ExportError, match="differs from the model in 1 of .*, 0 of them with missing values"):
        export_wide(booster, values, tmp_path / "zero")
    assert list(tmp_path.iterdir()) == []


def onnx_of_means(constant):
    """A model that answers the mean of a row, and `constant` where that is 0."""
    nodes = [
        onnx.helper.make_node("ReduceMean", ["x"], ["m"], axes=[1], keepdims=1),
        onnx.helper.make_node("Constant", [], ["c"], value_float=constant),
        onnx.helper.make_node("Cast", ["m"], ["b"], to=onnx.TensorProto.BOOL),
        onnx.helper.make_node("Where", ["b", "m", "c"], ["p"]),
    ]
    ends = [onnx.helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, [None, w]) for n, w in (("x", 2), ("p", 1))]
    graph = onnx.helper.make_graph(nodes, "means", ends[:1], ends[1:])
    opsets = [onnx.helper.make_opsetid("", 13)]
    return onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()


def test_one_ordinary_row_in_a_hundred_may_differ_and_no_made_one_and_none_by_nan():
    rows = np.full((200, 2), 0.5, dtype="float32")
    rows[7] = 0
    own = rows.mean(axis=1)
    assert compare(onnx_of_means(0.25), rows, own, "", ordinary=100) == 0.25
    with pytest.raises(volgate.ExportError, match="in 1 of 200 golden rows by up to 0.25"):
        compare(onnx_of_means(0.25), rows, own, "", ordinary=7)
    rows[7] = (np.nan, 0.5)
    with pytest.raises(
        volgate.ExportError, match="in 1 of 200 golden rows by up to nan, 1 of them with missing values"
    ):
        compare(onnx_of_means(0.25), rows, own, "", ordinary=200)
    with pytest.raises(volgate.ExportError, match="in 200 of 200 golden rows by up to nan"):
        compare(onnx_of_means(float("nan")), np.zeros_like(rows), own, "", ordinary=200)


@pytest.mark.parametrize(
    ("threshold", "text"),
    [(1e-13, "0.0000000000001"), (0.1 + 0.2, "0.30000000000000004"), (1, "1"), (0, "0"), (np.float32(0.5), "0.5")],
)
def test_a_threshold_is_written_in_full_and_without_an_exponent(rows, tmp_path, threshold, text):
    model = lightgbm.LGBMClassifier(**LIGHTGBM).fit(rows.X, rows.y)
    arguments = volgate.export(model, rows, tmp_path / "mine", threshold=threshold).import_arguments
    assert arguments[arguments.index("--threshold") + 1] == text


def test_every_float32_takes_the_branch_of_lightgbms_own_threshold(rows, tmp_path):
    model = lightgbm.LGBMClassifier(**LIGHTGBM).fit(rows.X, rows.y)
    text = model.booster_.model_to_string()
    thresholds = [float(v) for line in text.split("\n") if line.startswith("threshold=") for v in line[10:].split()]
    column = np.float32(thresholds)
    # On the nearest float32 of a threshold, and beside it: where rounding to nearest goes wrong.
    for away in (-np.inf, np.inf, 0):
        table = np.tile(np.where(away == 0, column, np.nextafter(column, np.float32(away)))[:, None], len(FEATURES))
        volgate.export(model, FEATURES, tmp_path / "mine", **given(rows, table))
        own = model.predict_proba(table)[:, 1]
        assert np.abs(onnx_scores(tmp_path / "mine", table.astype("float32")) - own).max() <= 1e-6


def test_a_threshold_is_rounded_down_to_a_float32():
    assert float32_below(0.1) == 0.09999999403953552
    assert float32_below(-0.1) == -0.10000000149011612
    assert float32_below(0.5) == 0.5
    text = "Tree=0\nthreshold=0.1 3\ndecision_type=2 1\nleaf_value=0.1"
    assert round_thresholds(text) == "Tree=0\nthreshold=0.09999999403953552 3.0\ndecision_type=2 1\nleaf_value=0.1"


def given(rows, sample):
    metadata = rows.metadata
    return {"sample": sample, "row": metadata.row, "step_ms": metadata.step_ms, "label": metadata.label}


def test_names_do_where_the_rest_is_said(rows, tmp_path):
    model = lightgbm.LGBMClassifier(**LIGHTGBM).fit(rows.X, rows.y)
    by_rows = volgate.export(model, rows, tmp_path / "mine")
    golden = (tmp_path / "mine" / "golden.csv").read_text()
    assert volgate.export(model, FEATURES, tmp_path / "mine", **given(rows, rows.X)) == by_rows
    assert (tmp_path / "mine" / "golden.csv").read_text() == golden
    with pytest.raises(volgate.ExportError, match="sample, label: got nothing, expected with names instead of rows"):
        volgate.export(model, FEATURES, tmp_path / "other", row="default-1", step_ms=1000)


def words(rows):
    return np.where(rows.y == 1, "spike", "calm")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda rows: make_pipeline(StandardScaler(), LogisticRegression()).fit(np.nan_to_num(rows.X), rows.y),
            "does not score rows with missing values.*SimpleImputer",
        ),
        (
            lambda rows: HistGradientBoostingClassifier(max_iter=2).fit(rows.X, words(rows)),
            "classes: got calm, spike, expected 0 and 1",
        ),
        (
            lambda rows: lightgbm.LGBMRegressor(n_estimators=3, verbose=-1).fit(rows.X, 5 * rows.y),
            "the model gives .*, expected a probability",
        ),
        (
            lambda rows: HistGradientBoostingClassifier(max_iter=2).fit(rows.X[:, :2], rows.y),
            "features: got 4 names, expected 2",
        ),
        (
            lambda rows: HistGradientBoostingClassifier(max_iter=2).fit(
                rows.trainable.select(FEATURES[::-1]).to_pandas(), rows.y
            ),
            "features: got rv_60_over_tau as column 0, expected imbalance_60",
        ),
        (
            lambda rows: lightgbm.train(
                {"verbose": -1, "objective": "binary"},
                lightgbm.Dataset(rows.X, rows.y, feature_name=list(FEATURES[::-1])),
                2,
            ),
            "features: got rv_60_over_tau as column 0, expected imbalance_60",
        ),
        (
            lambda rows: CalibratedClassifierCV(lightgbm.LGBMClassifier(**LIGHTGBM), cv=2).fit(rows.X, rows.y),
            r"differs from the model in \d+ of \d+ golden rows .*not reproduce it; put CalibratedClassifierCV",
        ),
        (lambda rows: object(), "model: got object of builtins, expected one of scikit-learn, LightGBM or XGBoost"),
    ],
)
def test_what_could_not_be_served_is_refused_and_nothing_is_written(rows, tmp_path, make, message):
    with pytest.raises(volgate.ExportError, match=message):
        volgate.export(make(rows), rows, tmp_path / "new" / "mine")
    assert not (tmp_path / "new").exists()


def test_names_and_thresholds_that_the_import_refuses_are_refused_here(rows, tmp_path):
    model = lightgbm.LGBMClassifier(**LIGHTGBM).fit(rows.X, rows.y)
    with pytest.raises(volgate.ExportError, match="path: got the name my model"):
        volgate.export(model, rows, tmp_path / "my model")
    with pytest.raises(volgate.ExportError, match="threshold: got 2, expected a number from 0 to 1"):
        volgate.export(model, rows, tmp_path / "mine", threshold=2)
