"""What became of ticks, summed over the answers to many batches."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

COUNTS = ("accepted", "duplicate", "late", "held", "released", "rejected")
# Refused ticks that a report names; the others are counted.
MOST_ERRORS = 1000


@dataclass(frozen=True)
class TickError:
    """One refused tick. `position` is its place, from 0, in what was handed to `ingest`."""

    position: int
    symbol: str | None
    reason: str
    field: str
    got: str | None
    expected: str


@dataclass
class GivenUp:
    """Ticks of a symbol that were not taken, and may be handed to `ingest` again: their places, and why."""

    code: str
    detail: str
    positions: list[int] = field(default_factory=list)


@dataclass
class IngestReport:
    """Counts of ticks, as the gateway names them, and `read`: how many were taken from what was handed to `ingest`.

    After an error the ticks from place `read` on were not looked at, and are named nowhere.
    `late` and `duplicate` are no errors. `held` and `released` count ticks that waited for the next one to agree with
    them. `symbols` has the same counts by symbol. `ignored` names fields that the gateway did not read. `traces`
    has the parts of `X-Volgate-Trace: steps` by symbol, when they were asked for.
    """

    read: int = 0
    accepted: int = 0
    duplicate: int = 0
    late: int = 0
    held: int = 0
    released: int = 0
    rejected: int = 0
    steps_closed: int = 0
    symbols: dict[str, dict[str, int]] = field(default_factory=dict)
    errors: list[TickError] = field(default_factory=list)
    errors_omitted: int = 0
    ignored: set[str] = field(default_factory=set)
    warnings: set[str] = field(default_factory=set)
    given_up: dict[str, GivenUp] = field(default_factory=dict)
    traces: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add_answer(self, answer: dict[str, Any], positions: list[int]) -> None:
        """Adds an answer to the ticks at these places."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + count_of(answer, name))
        for symbol, counts in answer["symbols"].items():
            self._add_symbol(symbol, counts)
        for error in answer.get("errors", []):
            self._add_error(error, positions)
        self.errors_omitted += count_of(answer, "errors_omitted")
        self.ignored.update(answer.get("ignored", []))

    def refuse(self, error: TickError) -> None:
        """Adds a tick that was not sent, since JSON has no such number."""
        self.rejected += 1
        self._keep(error)

    def give_up(self, symbol: str, code: str, detail: str, positions: list[int]) -> None:
        """Adds ticks of a symbol that were given up."""
        self.given_up.setdefault(symbol, GivenUp(code, detail)).positions.extend(positions)

    def _add_symbol(self, symbol: str, counts: dict[str, Any]) -> None:
        totals = self.symbols.setdefault(symbol, dict.fromkeys((*COUNTS, "steps_closed"), 0))
        for name in totals:
            totals[name] += count_of(counts, name)
        self.steps_closed += count_of(counts, "steps_closed")
        if "trace" in counts:
            self.traces.setdefault(symbol, []).extend(counts["trace"])
        for warning in counts.get("warnings", []):
            self.warnings.add(f"{symbol}: {warning.get('code')}: {warning.get('detail')}")

    def _add_error(self, error: dict[str, Any], positions: list[int]) -> None:
        index = count_of(error, "index")
        place = positions[index] if index < len(positions) else -1
        texts = {name: error.get(name) for name in ("symbol", "got")}
        self._keep(
            TickError(
                place,
                texts["symbol"],
                str(error["reason"]),
                str(error.get("field", "")),
                texts["got"],
                str(error.get("expected", "")),
            )
        )

    def _keep(self, error: TickError) -> None:
        if len(self.errors) < MOST_ERRORS:
            self.errors.append(error)
        else:
            self.errors_omitted += 1


def count_of(values: dict[str, Any], name: str) -> int:
    """A count of an answer; 0 where a gateway of another version does not have it."""
    value = values.get(name, 0)
    return value if isinstance(value, int) else 0
