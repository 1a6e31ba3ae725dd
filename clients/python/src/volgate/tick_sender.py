"""Sends ticks of many symbols in numbered batches, so that one symbol that fails does not stop the others.

What failed of a batch is sent again under the batch's own number, and later ticks of that symbol wait behind it: each
tick is applied once, and those of one symbol in their order.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Union

from .errors import GatewayError, IngestIncomplete
from .flow import Flow, Request, Response, pause
from .ingest_report import COUNTS, IngestReport, Refusals, TickError
from .retry import RetryPolicy, deliver, pause_s, problem_of
from .tick_json import EncodedTick

MAX_TICKS = 5_000
MAX_BYTES = 1_000_000
# Ticks that wait behind failed ones before no further tick is read.
BUFFER_TICKS = 10_000

Tick = Union[EncodedTick, TickError]


@dataclass
class FailedPart:
    """The ticks of a batch whose symbols did not take them."""

    seq: int
    ticks: dict[str, list[EncodedTick]]
    refusals: Refusals
    failures: int
    due: float
    give_up_at: float

    def valid(self, ticks: Iterable[EncodedTick]) -> list[EncodedTick]:
        """Without those that the gateway refused, which are in the report already."""
        return [tick for tick in ticks if tick.position not in self.refusals.positions]


class TickSender:
    """One producer with a name of its own, whose batches are numbered from 1."""

    def __init__(self, policy: RetryPolicy, buffer_ticks: int = BUFFER_TICKS) -> None:
        if buffer_ticks < 1:
            raise ValueError(f"buffer_ticks: got {buffer_ticks}, expected 1 or more")
        self.producer = f"python-{uuid.uuid4()}"
        self.report = IngestReport()
        self._policy = policy
        self._buffer_ticks = buffer_ticks
        self._seq = 0
        self._trace = False
        self._batch: list[EncodedTick] = []
        self._batch_bytes = 0
        self._parts: list[FailedPart] = []
        # Ticks that wait behind a failed one of their symbol.
        self._waiting: dict[str, list[EncodedTick]] = {}

    def send_all(self, ticks: Iterable[Tick], trace: bool = False) -> Flow[IngestReport]:
        """Sends ticks until each was acknowledged, refused or given up, and returns what became of them.

        Raises `IngestIncomplete` at the end when symbols were given up, and `GatewayError` when a whole request was;
        both have the report, whose `given_up` has the places of every tick that was read and not taken.
        """
        self.begin(trace)
        yield from self.guarded(self.send(ticks))
        return (yield from self.finish())

    def begin(self, trace: bool = False) -> None:
        """Starts a new report, with nothing in hand. With `trace` the gateway is asked for all that it computes."""
        self.clear()
        self.report = IngestReport()
        self._trace = trace

    def finish(self) -> Flow[IngestReport]:
        """Sends what is left and waits for what failed; raises as `send_all`."""
        yield from self.guarded(self.flush())
        if self.report.given_up:
            raise self._incomplete()
        return self.report

    def guarded(self, flow: Flow[None]) -> Flow[None]:
        """Runs a flow; when it fails, all that was not acknowledged is given up and named in the report."""
        try:
            yield from flow
        except BaseException as error:
            self.abandon(error)
            if isinstance(error, GatewayError):
                error.report = self.report
            raise

    def abandon(self, error: BaseException) -> None:
        """Gives up what is in hand, because of this error."""
        for part in self._parts:
            for ticks in part.ticks.values():
                self._give_up(part.valid(ticks), error)
        for ticks in self._waiting.values():
            self._give_up(ticks, error)
        self._give_up(self._batch, error)
        self.clear()

    def clear(self) -> None:
        """Drops what is in hand, so that the next call does not send what an earlier one left."""
        self._parts, self._waiting, self._batch, self._batch_bytes = [], {}, [], 0

    def send(self, ticks: Iterable[Tick]) -> Flow[None]:
        """Takes ticks in, and sends each batch that is full. When `ticks` raises, what it gave before is sent first."""
        source = iter(ticks)
        while True:
            try:
                tick = next(source)
            except StopIteration:
                return
            except Exception:
                yield from self.flush()
                raise
            self.report.read += 1
            if isinstance(tick, TickError):
                self.report.refuse(tick)
                continue
            try:
                yield from self._make_room(tick)
            except BaseException as error:
                self._give_up([tick], error)
                raise
            self._take(tick)

    def _make_room(self, tick: EncodedTick) -> Flow[None]:
        is_full = len(self._batch) >= MAX_TICKS or self._batch_bytes + len(tick.json) + 1 > MAX_BYTES
        if self._batch and is_full and tick.symbol not in self._waiting:
            yield from self._send_batch()
        # Also when the batch that was just sent has failed for this very symbol.
        while tick.symbol in self._waiting and self._held_ticks() >= self._buffer_ticks:
            yield from self._retry_next_part()

    def _take(self, tick: EncodedTick) -> None:
        if tick.symbol in self._waiting:
            self._waiting[tick.symbol].append(tick)
            return
        self._batch.append(tick)
        self._batch_bytes += len(tick.json) + 1

    def _held_ticks(self) -> int:
        failed = [ticks for part in self._parts for ticks in part.ticks.values()]
        return sum(len(ticks) for ticks in [*failed, *self._waiting.values()])

    def flush(self) -> Flow[None]:
        """Sends what is left and waits for what failed."""
        yield from self._send_batch()
        while self._parts:
            yield from self._retry_next_part()

    def _send_batch(self) -> Flow[None]:
        now = self._policy.now()
        for part in [part for part in self._parts if part.due <= now]:
            yield from self._retry(part)
        while self._held_ticks() >= self._buffer_ticks:
            yield from self._retry_next_part()
        batch, self._batch, self._batch_bytes = self._batch, [], 0
        if batch:
            yield from self._deliver_new(batch)

    def _deliver_new(self, ticks: list[EncodedTick]) -> Flow[None]:
        self._seq += 1
        try:
            answer = yield from self._post(self._seq, ticks)
        except BaseException as error:
            self._give_up(ticks, error)
            raise
        refusals = Refusals()
        failed = self._acknowledge(ticks, answer, refusals)
        if not failed:
            return
        now = self._policy.now()
        due = now + pause_s(1, retry_after_of(answer, failed))
        self._parts.append(FailedPart(self._seq, failed, refusals, 1, due, now + self._policy.give_up_after_s))
        for symbol in failed:
            self._waiting[symbol] = []

    def _retry_next_part(self) -> Flow[None]:
        part = min(self._parts, key=lambda part: part.due)
        yield from pause(part.due - self._policy.now())
        yield from self._retry(part)

    def _retry(self, part: FailedPart) -> Flow[None]:
        ticks = [tick for its in part.ticks.values() for tick in its]
        answer = yield from self._post(part.seq, ticks)
        tried = set(part.ticks)
        # Should the answer be unreadable, these are given up there.
        part.ticks = {}
        part.ticks = self._acknowledge(ticks, answer, part.refusals)
        part.failures += 1
        part.due = self._policy.now() + pause_s(part.failures, retry_after_of(answer, part.ticks))
        taken = tried - set(part.ticks)
        if part.due >= part.give_up_at:
            self._give_up_part(part, answer)
        if not part.ticks:
            self._parts.remove(part)
        yield from self._release(taken)

    def _release(self, symbols: set[str]) -> Flow[None]:
        """Sends what waited behind a part, before any later tick of these symbols."""
        waited = [tick for symbol in symbols for tick in self._waiting.pop(symbol, [])]
        batches = batches_of(sorted(waited, key=lambda tick: tick.position))
        for place, batch in enumerate(batches):
            free: list[EncodedTick] = []
            for tick in batch:
                self._waiting.get(tick.symbol, free).append(tick)
            try:
                if free:
                    yield from self._deliver_new(free)
            except BaseException as error:
                for left in batches[place + 1 :]:
                    self._give_up(left, error)
                raise

    def _post(self, seq: int, ticks: Sequence[EncodedTick]) -> Flow[dict[str, Any]]:
        headers = {
            "Content-Type": "application/json",
            "X-Producer-Id": self.producer,
            "X-Producer-Seq": str(seq),
        }
        if self._trace:
            headers["X-Volgate-Trace"] = "steps"
        body = b"[" + b",".join(tick.json for tick in ticks) + b"]"
        request = Request("POST", "/ingest", body, headers, writes=True)
        response = yield from deliver(request, self._policy, is_ingest_answer)
        return dict(problem_of(response.text))

    def _acknowledge(
        self, ticks: Sequence[EncodedTick], answer: dict[str, Any], refusals: Refusals
    ) -> dict[str, list[EncodedTick]]:
        """Notes what an answer acknowledges. Returns, by symbol, the ticks that are to be sent again.

        Refused ones are among them: under one number the gateway takes other ticks for a conflict.
        """
        self.report.add_answer(answer, [tick.position for tick in ticks], refusals)
        again: dict[str, list[EncodedTick]] = {}
        failures = failures_of(answer)
        try:
            failures.expect_among({tick.symbol for tick in ticks})
        except GatewayError as error:
            taken = {name.upper() for name, its in answer["symbols"].items() if not its.get("failed")}
            lost = [tick for tick in ticks if tick.symbol not in taken and tick.position not in refusals.positions]
            self._give_up(lost, error)
            raise
        for tick in ticks:
            failure = failures.find(tick.symbol)
            if failure is None:
                continue
            if failure.get("retry_after_s") is not None:
                again.setdefault(tick.symbol, []).append(tick)
            elif tick.position not in refusals.positions:
                self.report.give_up(tick.symbol, str(failure["code"]), str(failure["detail"]), [tick.position])
        return again

    def _give_up_part(self, part: FailedPart, answer: dict[str, Any]) -> None:
        failures = failures_of(answer)
        for symbol, ticks in part.ticks.items():
            failure = failures.find(symbol) or {}
            code, detail = str(failure.get("code")), str(failure.get("detail"))
            # What waited must not overtake it, and so goes with it.
            given = [*part.valid(ticks), *self._waiting.pop(symbol, [])]
            self.report.give_up(symbol, code, detail, [tick.position for tick in given])
        part.ticks = {}

    def _give_up(self, ticks: Iterable[EncodedTick], error: BaseException) -> None:
        code, detail = "interrupted", type(error).__name__
        if isinstance(error, GatewayError):
            code, detail = error.code, error.detail
        for tick in ticks:
            self.report.give_up(tick.symbol, code, detail, [tick.position])

    def _incomplete(self) -> IngestIncomplete:
        symbol, first = next(iter(self.report.given_up.items()))
        ticks = sum(len(given.positions) for given in self.report.given_up.values())
        others = len(self.report.given_up) - 1
        names = symbol if others == 0 else f"{symbol} and {others} more"
        message = f"{ticks} ticks of {names} were given up: {first.code}: {first.detail}"
        error = IngestIncomplete(message, code=first.code, status=0, detail=first.detail)
        error.report = self.report
        return error


class Failures:
    """The symbols of an answer that took nothing, whatever the case in which the answer spells them."""

    def __init__(self, failed: dict[str, dict[str, Any]]) -> None:
        self._failed = {name.upper(): failure for name, failure in failed.items()}

    def find(self, symbol: str) -> dict[str, Any] | None:
        """The failure of a symbol in upper case, `None` when it took its ticks."""
        return self._failed.get(symbol)

    def expect_among(self, sent: set[str]) -> None:
        """Raises `GatewayError` for a failed symbol under a name that was not sent: its ticks would be lost."""
        unknown = sorted(set(self._failed) - sent)
        if not unknown:
            return
        detail = f"the answer says that {unknown[0]} failed, which was not sent"
        raise GatewayError(f"POST /ingest: {detail}", code="unreadable", status=200, detail=detail)


def failures_of(answer: dict[str, Any]) -> Failures:
    """The failed symbols of an answer to an ingest."""
    return Failures({name: its["failed"] for name, its in answer["symbols"].items() if its.get("failed")})


def retry_after_of(answer: dict[str, Any], symbols: Iterable[str]) -> str:
    """The longest pause that one of these symbols asks for, as a `Retry-After`."""
    failures = failures_of(answer)
    failed = [failures.find(symbol) for symbol in symbols]
    return str(max((failure["retry_after_s"] for failure in failed if failure is not None), default=0))


def is_ingest_answer(response: Response) -> bool:
    """Whether a body says what became of every tick: also one of a status that says that all symbols failed."""
    answer = problem_of(response.text)
    if not isinstance(answer.get("symbols"), dict) or not all(isinstance(answer.get(name), int) for name in COUNTS[:3]):
        return False
    if response.status in (200, 207, 422):
        return True
    return any(its.get("failed") for its in answer["symbols"].values())


def batches_of(ticks: Sequence[EncodedTick]) -> list[list[EncodedTick]]:
    """Consecutive batches of at most 5,000 ticks and 1 MB."""
    batches: list[list[EncodedTick]] = []
    size = MAX_BYTES
    for tick in ticks:
        size += len(tick.json) + 1
        if size > MAX_BYTES or len(batches[-1]) >= MAX_TICKS:
            batches.append([])
            size = len(tick.json) + 1
        batches[-1].append(tick)
    return batches
