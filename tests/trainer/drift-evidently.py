"""Evidently's drift figures: reads {"groups": [{"reference": {column: values}, "current": {column: values}}]} from standard
input (null is a missing value), writes per group {method: {column: {"value", "method"}}} with method "default" for the one that
Evidently chooses by itself."""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

import pandas as pd
import pandas.core.dtypes.common

# Evidently 0.7.23 imports this name for a test of column types, which is not used here; pandas 3 no longer has it.
if not hasattr(pandas.core.dtypes.common, "infer_dtype_from_object"):
    pandas.core.dtypes.common.infer_dtype_from_object = None

from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset

METHODS = ["wasserstein", "psi", "jensenshannon", "ks"]


def figures(group, **preset):
    frames = [pd.DataFrame(group[side], dtype=float) for side in ("current", "reference")]
    definition = DataDefinition(numerical_columns=list(frames[0].columns))
    sets = [Dataset.from_pandas(frame, data_definition=definition) for frame in frames]
    metrics = Report([DataDriftPreset(**preset)]).run(*sets).dict()["metrics"]
    columns = {
        metric["config"]["column"]: dict(value=float(metric["value"]), method=metric["config"]["method"])
        for metric in metrics
        if "column" in metric["config"]
    }
    share = next(float(metric["value"]["share"]) for metric in metrics if isinstance(metric["value"], dict))
    return dict(columns=columns, share=share)


def all_figures(group):
    return dict(default=figures(group), **{method: figures(group, num_method=method) for method in METHODS})


print(json.dumps([all_figures(group) for group in json.load(sys.stdin)["groups"]]))
