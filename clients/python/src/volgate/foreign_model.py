"""A trained model of scikit-learn, LightGBM or XGBoost: what it is, what it was trained on, and what it predicts."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Literal

from .errors import ExportError
from .extras import optional

Kind = Literal["lightgbm", "xgboost", "sklearn"]


def kind_of(model: Any) -> Kind:
    """Which converter a model needs. Raises `ExportError` for one that none of the three libraries made."""
    root = type(model).__module__.split(".")[0]
    if root == "lightgbm":
        return "lightgbm"
    if root == "xgboost":
        return "xgboost"
    if hasattr(model, "predict") and hasattr(model, "get_params"):
        return "sklearn"
    raise ExportError(
        f"model: got {type(model).__name__} of {root}, expected one of scikit-learn, LightGBM or XGBoost; write other "
        "models as ONNX yourself and run npm run model -- import"
    )


def expect_features(model: Any, features: Sequence[str]) -> None:
    """Raises `ExportError` when a model was trained on other columns, or on the same ones in another order."""
    count, trained = trained_columns(model)
    if count is not None and count != len(features):
        raise ExportError(f"features: got {len(features)} names, expected {count}: as many as the model was trained on")
    for j, (ours, theirs) in enumerate(zip(features, trained)):
        # LightGBM names the columns of an array itself.
        if theirs not in (ours, f"Column_{j}"):
            raise ExportError(f"features: got {ours} as column {j}, expected {theirs}, which the model was trained on")


def trained_columns(model: Any) -> tuple[int | None, list[str]]:
    """How many columns a model was trained on, and their names where it knows them."""
    if type(model).__name__ == "Booster":
        is_lightgbm = kind_of(model) == "lightgbm"
        count = model.num_feature() if is_lightgbm else model.num_features()
        return int(count), list((model.feature_name() if is_lightgbm else model.feature_names) or [])
    found = getattr(model, "n_features_in_", None)
    names = getattr(model, "feature_names_in_", None)
    return None if found is None else int(found), [] if names is None else [str(name) for name in names]


def predict_spikes(model: Any, rows: Any) -> Any:
    """The library's own probabilities of a spike, float64 [rows].

    Raises `ExportError` for a model that cannot score these rows, for classes other than 0 and 1 or false and true,
    and for values that are no probabilities.
    """
    np = optional("numpy", "numpy")
    try:
        with warnings.catch_warnings():
            # Of a model that was trained on a frame, that it gets an array.
            warnings.simplefilter("ignore", UserWarning)
            values = raw_scores(model, rows)
    except ValueError as error:
        raise ExportError(
            f"the model does not score rows with missing values, which live rows have: {str(error).splitlines()[0]}; "
            "train a pipeline with SimpleImputer in front, or a model that takes missing values"
        ) from error
    scores = np.asarray(values, dtype="float64").reshape(-1)
    if len(scores) != len(rows):
        raise ExportError(f"the model gives {len(scores)} values for {len(rows)} rows, expected one a row")
    bad = ~((scores >= 0) & (scores <= 1))
    if bad.any():
        raise ExportError(
            f"the model gives {scores[bad][0]}, expected a probability: export a classifier, or a regressor of 0 and 1 "
            "that stays within them"
        )
    return scores


def raw_scores(model: Any, rows: Any) -> Any:
    """Probabilities of class 1 of a classifier, values of anything else."""
    if type(model).__module__.startswith("xgboost") and type(model).__name__ == "Booster":
        return model.predict(optional("xgboost", "xgboost").DMatrix(rows, feature_names=model.feature_names))
    if not hasattr(model, "predict_proba"):
        return model.predict(rows)
    if list(model.classes_) != [0, 1]:
        names = ", ".join(map(str, model.classes_))
        raise ExportError(f"classes: got {names}, expected 0 and 1 or false and true; train with 1 for a spike")
    return model.predict_proba(rows)[:, 1]
