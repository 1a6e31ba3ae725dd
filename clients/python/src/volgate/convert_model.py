"""Trained models → ONNX, by the converters that their libraries have."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from .errors import ExportError
from .extras import optional
from .float32_thresholds import rounded_booster
from .foreign_model import kind_of

# The highest that onnxmltools 1.16 has; the gateway's runtime takes it.
OPSET = 15
ML_OPSET = 3
INPUT = "features"


def to_onnx(model: Any, width: int) -> bytes:
    """ONNX of a model that takes float32 [rows, width]. Raises `ExportError` with what the converter says."""
    kind = kind_of(model)
    try:
        if kind == "lightgbm":
            return convert_lightgbm(model, width)
        if kind == "xgboost":
            return convert_xgboost(model, width)
        return convert_sklearn(model, width)
    except (ImportError, ExportError):
        raise
    except Exception as error:
        # Converters raise whatever comes up in them; people need to know which model it was.
        reason = str(error).splitlines()[0] if str(error) else ""
        raise ExportError(f"{type(model).__name__}: its converter failed: {type(error).__name__}: {reason}") from error


def convert_lightgbm(model: Any, width: int) -> bytes:
    """By onnxmltools, with the thresholds rounded so that no float32 value changes its branch."""
    tools = optional("onnxmltools", "lightgbm")
    types = optional("onnxmltools.convert.common.data_types", "lightgbm")
    inputs = [(INPUT, types.FloatTensorType([None, width]))]
    converted = tools.convert_lightgbm(rounded_booster(model), initial_types=inputs, zipmap=False, target_opset=OPSET)
    return bytes(converted.SerializeToString())


def convert_xgboost(model: Any, width: int) -> bytes:
    """By onnxmltools. XGBoost's own thresholds are float32."""
    tools = optional("onnxmltools", "xgboost")
    types = optional("onnxmltools.convert.common.data_types", "xgboost")
    inputs = [(INPUT, types.FloatTensorType([None, width]))]
    return bytes(tools.convert_xgboost(model, initial_types=inputs, target_opset=OPSET).SerializeToString())


def convert_sklearn(model: Any, width: int) -> bytes:
    """By skl2onnx, which is shown the estimators of LightGBM and XGBoost inside a pipeline."""
    tools = optional("skl2onnx", "sklearn")
    types = optional("skl2onnx.common.data_types", "sklearn")
    register_boosters(tools)
    options = {id(model): {"zipmap": False}} if hasattr(model, "predict_proba") else None
    with whole_numbers():
        converted = tools.convert_sklearn(
            model,
            initial_types=[(INPUT, types.FloatTensorType([None, width]))],
            options=options,
            target_opset={"": OPSET, "ai.onnx.ml": ML_OPSET},
        )
    return bytes(converted.SerializeToString())


def register_boosters(tools: Any) -> None:
    """Tells skl2onnx of the other libraries' converters, where they are installed."""
    shapes = optional("skl2onnx.common.shape_calculator", "sklearn").calculate_linear_classifier_output_shapes
    for module, estimator, alias, converter in (
        ("lightgbm", "LGBMClassifier", "LightGbmLGBMClassifier", "lightgbm.operator_converters.LightGbm"),
        ("xgboost", "XGBClassifier", "XGBoostXGBClassifier", "xgboost.operator_converters.XGBoost"),
    ):
        try:
            kind = getattr(optional(module, module), estimator)
            found = optional(f"onnxmltools.convert.{converter}", module)
        except ImportError:
            continue
        convert = getattr(found, f"convert_{module}")
        options = {"nocl": [True, False], "zipmap": [True, False, "columns"]}
        tools.update_registered_converter(kind, alias, shapes, convert, options=options)


@contextlib.contextmanager
def whole_numbers() -> Iterator[None]:
    """skl2onnx 1.20 hands numpy booleans to onnx, which takes only whole numbers since 1.19: the same, as those."""
    container = optional("skl2onnx.common._container", "sklearn")
    make_node = container.make_node

    def make_node_of_integers(*args: Any, **kwargs: Any) -> Any:
        tracks = "nodes_missing_value_tracks_true"
        if tracks in kwargs:
            kwargs[tracks] = [int(track) for track in kwargs[tracks]]
        return make_node(*args, **kwargs)

    container.make_node = make_node_of_integers
    try:
        yield
    finally:
        container.make_node = make_node
