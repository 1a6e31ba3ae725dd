"""One export: how it is made, what its library predicts, and what onnxruntime gives for the file as it came."""

import json
from dataclasses import dataclass, field
from typing import Callable

import numpy as np
import onnx
import onnxruntime

from export_data import COLUMNS, golden_rows

DTYPES = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(float16)": np.float16}


@dataclass
class Case:
    name: str
    # The library, the model and the options of the export, as the table of docs/import.md names them.
    exporter: str
    model: str
    options: str
    # Returns the bytes of the file; raises when the exporter itself refuses.
    export: Callable[[], bytes]
    # The library's own probability of class 1 for float32 rows.
    predict: Callable[[np.ndarray], np.ndarray]
    rows: np.ndarray = field(default_factory=golden_rows)
    # The column of the probability, for exports without labels.
    column: int | None = None


def write_case(case, folder):
    """Writes <name>.onnx and <name>.json: what a test must know of the export, and the rows with both predictions."""
    facts = {
        "name": case.name,
        "exporter": case.exporter,
        "model": case.model,
        "options": case.options,
        "features": COLUMNS,
        "column": case.column,
        "rows": [[None if np.isnan(x) else float(x) for x in row] for row in case.rows],
    }
    try:
        model = case.export()
    except Exception as error:  # Whatever an exporter says is what its user sees.
        facts["refusedByExporter"] = f"{type(error).__name__}: {first_line(error)}"
    else:
        (folder / f"{case.name}.onnx").write_bytes(model)
        facts["opsets"] = {o.domain or "ai.onnx": o.version for o in onnx.load_from_string(model).opset_import}
        facts["library"] = numbers(case.predict(case.rows))
        try:
            facts["runtime"] = numbers(run(model, case.rows, case.column))
        except Exception as error:
            facts["refusedByRuntime"] = first_line(error)
    (folder / f"{case.name}.json").write_text(json.dumps(facts) + "\n")
    return facts


def run(model, rows, column):
    """The probability of the last class, or of `column`, by onnxruntime on the file as the exporter wrote it."""
    # Shapes that converters got wrong are warned of.
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model, options)
    inputs = session.get_inputs()
    feeds = {}
    for value in inputs:
        part = rows if len(inputs) == 1 else rows[:, [COLUMNS.index(value.name)]]
        feeds[value.name] = part.astype(DTYPES[value.type])
    for result in reversed(session.run(None, feeds)):
        if isinstance(result, list):
            return np.array([list(classes.values())[-1] for classes in result])
        if result.dtype.kind == "f":
            return result.reshape(len(rows), -1)[:, -1 if column is None else column]
    raise ValueError("no output of floats")


def numbers(values):
    return [float(value) if np.isfinite(value) else None for value in np.asarray(values).reshape(-1)]


def first_line(error):
    return (str(error).splitlines() or [""])[0][:300]
