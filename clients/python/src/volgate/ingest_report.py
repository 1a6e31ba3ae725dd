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
class Refusals:
    """Refused ticks of a batch that are in a report already: how many by symbol in upper case, and places of some.

    They are sent again with what failed, as a number means the same ticks each time, and are refused again.
    """

    counts: dict[str, int] = field(default_factory=dict)
    positions: set[int] = field(default_factory=set)

    def add(self, symbols: dict[str, dict[str, Any]]) -> int:
        """Takes in an answer's counts. Returns how many of its refused ticks were counted before."""
        before = sum(self.counts.get(name.upper(), 0) for name in symbols)
        self.counts.update({name.upper(): count_of(its, "rejected") for name, its in symbols.items()})
        return before


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

    def add_answer(self, answer: dict[str, Any], positions: list[int], refusals: Refusals) -> None:
        """Adds an answer to the ticks at these places; `refusals` are those of earlier answers to the same batch."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + count_of(answer, name))
        for symbol, counts in answer["symbols"].items():
            self._add_symbol(symbol, counts)
            self.symbols[symbol]["rejected"] -= refusals.counts.get(symbol.upper(), 0)
        errors = [error_of(error, positions) for error in answer.get("errors", [])]
        fresh = [error for error in errors if error.position not in refusals.positions]
        for error in fresh:
            self._keep(error)
        before = refusals.add(answer["symbols"])
        refusals.positions.update(error.position for error in errors if error.position >= 0)
        self.rejected -= before
        # Of those counted before some are named only now, as others were named then.
        named_before = len(errors) - len(fresh)
        self.errors_omitted += count_of(answer, "errors_omitted") - (before - named_before)
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

    def _keep(self, error: TickError) -> None:
        if len(self.errors) < MOST_ERRORS:
            self.errors.append(error)
        else:
            self.errors_omitted += 1


def error_of(error: dict[str, Any], positions: list[int]) -> TickError:
    """A refused tick of an answer to the ticks at these places."""
    index = count_of(error, "index")
    place = positions[index] if index < len(positions) else -1
    reason, name, expected = (str(error.get(key, "")) for key in ("reason", "field", "expected"))
    return TickError(place, error.get("symbol"), reason, name, error.get("got"), expected)


def count_of(values: dict[str, Any], name: str) -> int:
    """A count of an answer; 0 where a gateway of another version does not have it."""
    value = values.get(name, 0)
    return value if isinstance(value, int) else 0
