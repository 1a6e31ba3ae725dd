"""Writes a trained model as `npm run model -- import` takes it: ONNX, a golden table, the label, and the call."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .convert_model import to_onnx
from .errors import ExportError, MissingExtraError
from .extras import optional
from .foreign_model import expect_features, kind_of, predict_spikes
from .golden_rows import golden_rows, ordinary_places, write_golden_table
from .row_dataset import Rows

# Two probabilities further apart differ, as the import judges. This share of the ordinary golden rows may: float32 goes
# another way than float64 on the edge of a branch. Of the made ones none may, as a kind of rows is few of them.
TOLERANCE = 1e-6
MAX_DIFFERING = 0.01
NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")


@dataclass(frozen=True)
class Exported:
    """What was written: `model.onnx`, `golden.csv`, `label.json` and `import.json`, all in `folder`.

    `max_difference` is the largest one between the ONNX file and the library over the golden rows, in Python's
    onnxruntime; `None` where that is not installed. The import compares again, in the gateway's runtime.
    """

    folder: Path
    name: str
    features: tuple[str, ...]
    row: str
    step_ms: int
    threshold: float
    golden_rows: int
    max_difference: float | None

    @property
    def import_arguments(self) -> list[str]:
        """Arguments of `npm run model -- import`, without `--out`."""
        return [
            str(self.folder / "model.onnx"),
            *("--features", ",".join(self.features)),
            *("--row", self.row),
            *("--step", f"{self.step_ms}ms"),
            *("--label", str(self.folder / "label.json")),
            *("--golden", str(self.folder / "golden.csv")),
            *("--threshold", plain_decimal(self.threshold)),
            *("--name", self.name),
        ]

    @property
    def import_command(self) -> str:
        """The call for a shell in the gateway's folder."""
        return shlex.join(["npm", "run", "model", "--", "import", *self.import_arguments])


@dataclass(frozen=True)
class Trained:
    """On what a model was trained: the columns in order, real rows of them, and the facts of row, grid and label."""

    features: tuple[str, ...]
    sample: Any
    row: str
    step_ms: int
    label: Mapping[str, Any]


def export(
    model: Any,
    rows: Rows | Sequence[str],
    path: str | Path,
    *,
    sample: Any = None,
    row: str | None = None,
    step_ms: int | None = None,
    label: Mapping[str, Any] | None = None,
    threshold: float = 0.5,
) -> Exported:
    """Exports a model of scikit-learn, LightGBM or XGBoost into the folder `path`, whose name is the model's.

    `rows` are those that it was trained on: their `features` are the model's columns. Without them `rows` are the
    columns' names, and `sample` (real rows [any, features]), `row`, `step_ms` and `label` are needed. From `threshold`
    on a probability is an alert.

    Raises `ExportError` for a model that the gateway could not serve as its library does, with what to change, and
    writes nothing then; `MissingExtraError` where a converter is not installed.
    """
    folder = Path(path)
    if not NAME.match(folder.name):
        raise ExportError(f'path: got the name {folder.name}, expected up to 64 letters, digits, ".", "_" and "-"')
    if not 0 <= threshold <= 1:
        raise ExportError(f"threshold: got {threshold}, expected a number from 0 to 1")
    kind_of(model)
    trained = trained_on(rows, Given(sample, row, step_ms, label))
    expect_features(model, trained.features)
    table = golden_rows(trained.sample, trained.features)
    probabilities = predict_spikes(model, table)
    onnx = to_onnx(model, len(trained.features))
    ordinary = len(ordinary_places(optional("numpy", "numpy"), len(trained.sample)))
    difference = compare(onnx, table, probabilities, advice_for(model), ordinary)
    exported = Exported(
        folder, folder.name, trained.features, trained.row, trained.step_ms, float(threshold), len(table), difference
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(onnx)
    write_golden_table(folder / "golden.csv", trained.features, table, probabilities)
    (folder / "label.json").write_text(json.dumps(dict(trained.label), indent=2) + "\n")
    (folder / "import.json").write_text(json.dumps(manifest(exported, model), indent=2) + "\n")
    return exported


@dataclass(frozen=True)
class Given:
    """What a caller without rows has to say of them."""

    sample: Any
    row: str | None
    step_ms: int | None
    label: Mapping[str, Any] | None


def trained_on(rows: Rows | Sequence[str], given: Given) -> Trained:
    """The facts of the training rows, read from them or as they were given. Raises `ExportError` for missing ones."""
    if isinstance(rows, Rows):
        facts = rows.metadata
        return Trained(rows.features, rows.X, facts.row, facts.step_ms, facts.label)
    if given.sample is None or given.row is None or given.step_ms is None or given.label is None:
        lacks = [name for name in ("sample", "row", "step_ms", "label") if getattr(given, name) is None]
        raise ExportError(f"{', '.join(lacks)}: got nothing, expected with names instead of rows")
    return Trained(tuple(rows), given.sample, given.row, given.step_ms, given.label)


def advice_for(model: Any) -> str:
    """What to change in a model that its converter does not reproduce."""
    if "CalibratedClassifierCV" in repr(model):
        return (
            'put CalibratedClassifierCV(method="sigmoid") directly around an estimator of scikit-learn or XGBoost, '
            "with imputer and scaler in a pipeline before it"
        )
    return "export another kind of model"


def plain_decimal(value: float) -> str:
    """A number's shortest text that is read as the same number, without an exponent: `1e-13` is `0.0000000000001`."""
    return str(optional("numpy", "numpy").format_float_positional(value, unique=True, trim="-"))


def compare(onnx: bytes, rows: Any, probabilities: Any, advice: str, ordinary: int) -> float | None:
    """The largest difference over the golden rows, `None` without onnxruntime. The first `ordinary` ones are real.

    Raises `ExportError` when a made row or one with a missing value differs, or more than a hundredth of all do.
    """
    np = optional("numpy", "numpy")
    try:
        runtime = optional("onnxruntime", "onnxruntime")
    except MissingExtraError:
        return None
    options = runtime.SessionOptions()
    # Converters write wrong shapes of labels, of which the runtime warns at each run.
    options.log_severity_level = 3
    session = runtime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
    scores = np.asarray(session.run(None, {session.get_inputs()[0].name: rows})[-1])
    differences = np.abs(scores.reshape(len(rows), -1)[:, -1] - probabilities)
    # Not `>`: an answer that is NaN differs too.
    differing = ~(differences <= TOLERANCE)
    has_missing = np.isnan(rows).any(axis=1)
    is_made = np.arange(len(rows)) >= ordinary
    if (differing & (has_missing | is_made)).any() or differing.mean() > MAX_DIFFERING:
        raise ExportError(
            f"the ONNX file differs from the model in {int(differing.sum())} of {len(rows)} golden rows by up to "
            f"{differences.max():.2g}, {int((differing & has_missing).sum())} of them with missing values: its "
            f"converter does not reproduce it; {advice}"
        )
    return float(differences.max())


def manifest(exported: Exported, model: Any) -> dict[str, Any]:
    """`import.json`: what was exported and how it is imported."""
    return {
        "format": 1,
        "name": exported.name,
        "model": f"{type(model).__module__}.{type(model).__qualname__}",
        "features": list(exported.features),
        "row": exported.row,
        "step_ms": exported.step_ms,
        "threshold": exported.threshold,
        "golden_rows": exported.golden_rows,
        "max_difference": exported.max_difference,
        "import": exported.import_arguments,
    }
