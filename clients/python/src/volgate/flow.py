"""Conversations with a gateway as generators: they yield what to do and are sent what came of it.

So the rules of batches, retries and waits are written once. `gateway.py` performs them with threads' waits,
`async_gateway.py` with those of asyncio, and tests with a clock of their own.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar, Union


@dataclass(frozen=True)
class Request:
    """One HTTP request. `path` begins with `/` and is percent-encoded. `writes` chooses the token."""

    method: str
    path: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    writes: bool = False


@dataclass(frozen=True)
class Response:
    """What came back. Without an answer `status` is 0 and `text` says why."""

    status: int
    text: str
    retry_after: str | None = None


@dataclass(frozen=True)
class Wait:
    """A pause before the next step."""

    seconds: float


T = TypeVar("T")
Flow = Generator[Union[Request, Wait], Union[Response, None], T]


def exchange(request: Request) -> Flow[Response]:
    """Sends one request and returns what came back."""
    response = yield request
    if response is None:
        raise RuntimeError("a request was performed without a response")
    return response


def pause(seconds: float) -> Flow[None]:
    """Waits; not at all for 0 or less."""
    if seconds > 0:
        yield Wait(seconds)
