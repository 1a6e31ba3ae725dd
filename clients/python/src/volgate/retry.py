"""Repeats a request while that can help: the pauses, the end, and the error that tells what happened."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from .errors import GatewayError, Refused, Unavailable, Unreachable
from .flow import Flow, Request, Response, exchange, pause

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
# A server's Retry-After is obeyed for at most this long, so that a run does not wait for hours.
MOST_OBEYED_S = 60.0


@dataclass(frozen=True)
class RetryPolicy:
    """`give_up_after_s` after the first attempt of a request no further one begins."""

    give_up_after_s: float = 60.0
    now: Callable[[], float] = time.monotonic


def pause_s(failures: int, retry_after: str | None) -> float:
    """Seconds to wait after this many failures: 0.2, 0.4 … up to 5, or what `Retry-After` asks for, up to 60.

    Example: `pause_s(1, None) == 0.2`, `pause_s(1, "2") == 2.0`, `pause_s(9, "3600") == 60.0`.
    """
    backoff = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (failures - 1))
    return max(backoff, min(asked_s(retry_after), MOST_OBEYED_S))


def asked_s(retry_after: str | None) -> float:
    """Seconds that a `Retry-After` asks for: a number or an HTTP date; 0 for anything else."""
    if retry_after is None:
        return 0.0
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(retry_after).timestamp() - time.time()
        except (TypeError, ValueError):
            return 0.0
    return max(0.0, seconds) if seconds < float("inf") else 0.0


def deliver(request: Request, policy: RetryPolicy, is_answer: Callable[[Response], bool]) -> Flow[Response]:
    """Sends a request until `is_answer`. Repeats it without an answer, on 429 and on 5xx but `not_configured`.

    Raises `Refused` where a repetition cannot help, `Unavailable` or `Unreachable` when the time is up.
    """
    started = policy.now()
    failures = 0
    while True:
        response = yield from exchange(request)
        if is_answer(response):
            return response
        failures += 1
        wait_s = pause_s(failures, response.retry_after)
        is_late = policy.now() - started + wait_s >= policy.give_up_after_s
        if is_late or not is_repeatable(response):
            raise failure(request, response, failures)
        yield from pause(wait_s)


def is_repeatable(response: Response) -> bool:
    """Whether another attempt may succeed. A gateway without tokens answers 503 until an operator sets them."""
    if response.status in (0, 429):
        return True
    return response.status >= 500 and problem_of(response.text).get("code") != "not_configured"


def failure(request: Request, response: Response, attempts: int) -> GatewayError:
    """The error of a request's last response."""
    problem = problem_of(response.text)
    detail = str(problem.get("detail") or response.text.strip()[:200] or "an empty answer")
    code = str(problem.get("code") or ("unreachable" if response.status == 0 else "unreadable"))
    tries = "" if attempts == 1 else f", after {attempts} attempts"
    status = f" {response.status}" if response.status else ""
    kind = Unreachable if response.status == 0 else Unavailable if is_repeatable(response) else Refused
    message = f"{request.method} {request.path}:{status} {code}: {detail}{tries}"
    return kind(message, code=code, status=response.status, detail=detail, problem=problem)


def problem_of(text: str) -> Mapping[str, Any]:
    """An answer's JSON object; empty for anything else."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
