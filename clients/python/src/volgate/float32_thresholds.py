"""LightGBM's thresholds as float32 numbers, such that every float32 value takes the branch that it took before.

The converter rounds thresholds to the nearest float32, which may lie above: a value on it would then go the other way.
"""

from __future__ import annotations

from typing import Any

from .extras import optional


def float32_below(threshold: float) -> float:
    """The largest float32 that is at most `threshold`: `x <= t` is the same for every float32 x.

    Example: `float32_below(0.1) == 0.09999999403953552`.
    """
    np = optional("numpy", "numpy")
    nearest = np.float32(threshold)
    return float(np.nextafter(nearest, np.float32(-np.inf)) if float(nearest) > threshold else nearest)


def round_thresholds(model_text: str) -> str:
    """LightGBM's text of a model with every numerical threshold rounded down to a float32.

    Trees without a split have no such line. Categorical splits are left: their thresholds are places in a list.
    """
    lines = model_text.split("\n")
    for place, line in enumerate(lines):
        if not line.startswith("threshold="):
            continue
        types = next(other for other in lines[place:] if other.startswith("decision_type="))
        is_category = [int(kind) & 1 for kind in types.split("=")[1].split()]
        values = [float(value) for value in line.split("=")[1].split()]
        rounded = [v if categorical else float32_below(v) for v, categorical in zip(values, is_category)]
        lines[place] = "threshold=" + " ".join(map(repr, rounded))
    return "\n".join(lines)


def rounded_booster(model: Any) -> Any:
    """A LightGBM booster with such thresholds, of a booster or of a fitted estimator."""
    booster = getattr(model, "booster_", model)
    lightgbm = optional("lightgbm", "lightgbm")
    # The text's list of byte counts a tree would no longer fit.
    lines = round_thresholds(booster.model_to_string()).split("\n")
    return lightgbm.Booster(model_str="\n".join(line for line in lines if not line.startswith("tree_sizes=")))
