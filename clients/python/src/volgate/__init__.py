"""Client of the volgate gateway.

- `rows(path)`: the rows that `volgate rows` wrote, as tables and arrays, with purged folds for scikit-learn.
- `Gateway(url)`, `AsyncGateway(url)`: ticks and labels in, predictions and quality out.
- `export(model, rows, path)`: a trained model in the form that `npm run model -- import` takes.
"""

from .answers import LabelResult, Prediction, Quality, Recalibration, ServedModel, Warmth
from .async_gateway import AsyncGateway
from .bar_ticks import ticks_of_bar
from .errors import (
    DatasetError,
    ExportError,
    GatewayError,
    IngestIncomplete,
    MissingExtraError,
    Refused,
    Unavailable,
    Unreachable,
    VolgateError,
)
from .export_model import Exported, export
from .folds import PurgedFolds
from .gateway import Gateway
from .ingest_report import GivenUp, IngestReport, TickError
from .row_dataset import Rows, rows
from .row_metadata import RowMetadata

__all__ = [
    "AsyncGateway",
    "DatasetError",
    "ExportError",
    "Exported",
    "Gateway",
    "GatewayError",
    "GivenUp",
    "IngestIncomplete",
    "IngestReport",
    "LabelResult",
    "MissingExtraError",
    "Prediction",
    "PurgedFolds",
    "Quality",
    "Recalibration",
    "Refused",
    "RowMetadata",
    "Rows",
    "ServedModel",
    "TickError",
    "Unavailable",
    "Unreachable",
    "VolgateError",
    "Warmth",
    "export",
    "rows",
    "ticks_of_bar",
]
