"""What this package raises. Each class derives from `VolgateError`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .ingest_report import IngestReport


class VolgateError(Exception):
    """Base of all errors of this package."""


class DatasetError(VolgateError, ValueError):
    """A folder of rows that cannot be used as one dataset; the message names the file."""


class ExportError(VolgateError, ValueError):
    """A model that cannot be exported as the gateway needs it; the message says what to change."""


class MissingExtraError(VolgateError, ImportError):
    """An optional library is not installed; the message names the extra that brings it."""


class GatewayError(VolgateError):
    """A request to a gateway that failed for good.

    `code` is that of the gateway's problem document (docs/errors.md), or `unreachable` when nothing answered, or
    `unreadable` when the answer is no document of a gateway. `status` is the last HTTP status, 0 without an answer.
    `problem` is the whole document, empty without one. `report` says what an ingest had done until then.
    """

    def __init__(
        self, message: str, *, code: str, status: int, detail: str, problem: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.detail = detail
        self.problem: Mapping[str, Any] = problem or {}
        self.report: IngestReport | None = None


class Unreachable(GatewayError):
    """Nothing answered at the address until the time was up."""


class Unavailable(GatewayError):
    """The gateway answered 429 or 5xx until the time was up."""


class Refused(GatewayError):
    """A repetition cannot help: a wrong field, token or address, an unknown symbol, a gateway without tokens."""


class IngestIncomplete(GatewayError):
    """Ticks of some symbols were given up, all others were delivered: see `report.given_up`."""
