"""Evidently's drift figures: reads {"groups": [{"reference": {column: values}, "current": {column: values}}]} from standard
input (null is a missing value), writes per group {method: {column: {"value", "method"}}} with method "default" for the one that
Evidently chooses by itself. The value of "ks" is scipy's statistic: Evidently's own is the p value."""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

import pandas as pd
import pandas.core.dtypes.common
from scipy.stats import ks_2samp

# Evidently 0.7.23 imports this name for a test of column types, which is not used here; pandas 3 no longer has it.
if not hasattr(pandas.core.dtypes.common, "infer_dtype_from_object"):
    pandas.core.dtypes.common.infer_dtype_from_object = None

from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset

METHODS = ["wasserstein", "psi", "jensenshannon"]


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


def statistics(group):
    finite = {
        side: {name: [x for x in values if x is not None] for name, values in group[side].items()}
        for side in ("reference", "current")
    }
    columns = {
        name: dict(value=float(ks_2samp(values, finite["current"][name]).statistic), method="K-S statistic")
        for name, values in finite["reference"].items()
    }
    return dict(columns=columns, share=0.0)


def all_figures(group):
    methods = {method: figures(group, num_method=method) for method in METHODS}
    return dict(default=figures(group), ks=statistics(group), **methods)


print(json.dumps([all_figures(group) for group in json.load(sys.stdin)["groups"]]))
