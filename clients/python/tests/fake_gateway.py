"""A gateway in memory for tests: applies ticks once a symbol and number, and fails when it is told to."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from volgate.flow import Flow, Request, Response, Wait

Failure = dict[str, Any]


@dataclass
class Clock:
    """Time that passes only when somebody waits."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class FakeGateway:
    """`fails(symbol, attempt)` gives a symbol's failure, `refuses(attempt)` a whole request's response."""

    fails: Callable[[str, int], Failure | None] = lambda symbol, attempt: None
    refuses: Callable[[int], Response | None] = lambda attempt: None
    clock: Clock = field(default_factory=Clock)
    applied: dict[str, list[Any]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)

    def run(self, flow: Flow[Any]) -> Any:
        """Performs a flow to its end and returns its result."""
        response: Response | None = None
        while True:
            try:
                action = flow.send(response)
            except StopIteration as end:
                return end.value
            response = self.perform(action)

    def perform(self, action: Request | Wait) -> Response | None:
        if isinstance(action, Wait):
            self.waits.append(action.seconds)
            self.clock.now += action.seconds
            return None
        self.requests.append(action)
        return self.refuses(len(self.requests)) or self.ingest(action)

    def ingest(self, request: Request) -> Response:
        by_symbol: dict[str, list[Any]] = {}
        for tick in json.loads(request.body or b"[]"):
            by_symbol.setdefault(tick["symbol"].upper(), []).append(tick)
        symbols = {name: self.take(name, ticks, request) for name, ticks in by_symbol.items()}
        counts = {name: sum(its[name] for its in symbols.values()) for name in ("accepted", "duplicate", "rejected")}
        failed = [its["failed"] for its in symbols.values() if "failed" in its]
        status = 200 if not failed else 207 if len(failed) < len(symbols) else 503
        answer = {**counts, "late": 0, "held": 0, "released": 0, "symbols": symbols, "errors": [], "errors_omitted": 0}
        return Response(status, json.dumps(answer))

    def take(self, symbol: str, ticks: list[Any], request: Request) -> dict[str, Any]:
        counts = {"accepted": 0, "duplicate": 0, "late": 0, "held": 0, "released": 0, "rejected": 0, "steps_closed": 0}
        failure = self.fails(symbol, len(self.requests))
        if failure is not None:
            return {**counts, "failed": {"ticks": len(ticks), "detail": "told to fail", **failure}}
        key = (request.headers["X-Producer-Seq"], symbol)
        if key in self.seen:
            return {**counts, "duplicate": len(ticks)}
        self.seen.add(key)
        self.applied.setdefault(symbol, []).extend(ticks)
        return {**counts, "accepted": len(ticks)}


def again(retry_after_s: float | None = 1) -> Failure:
    """A failure after which the same ticks can be sent again, or never with `None`."""
    return {
        "code": "symbol_failed" if retry_after_s is not None else "sequence_conflict",
        "retry_after_s": retry_after_s,
    }
