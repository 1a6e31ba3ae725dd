"""A gateway for programs that run on asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Iterable
from types import TracebackType
from typing import Any, TypeVar

import httpx

from . import questions
from .answers import LabelResult, Prediction, Quality
from .connection import Connection, no_response, response_of
from .flow import Flow, Request, Response, Wait
from .ingest_report import IngestReport
from .retry import RetryPolicy
from .tick_json import encode_tick
from .tick_sender import BUFFER_TICKS, TickSender
from .tick_source import iterate_ticks

T = TypeVar("T")


class AsyncGateway:
    """`Gateway` with awaitable methods: the same arguments, answers, retries and errors."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        read_token: str | None = None,
        timeout_s: float = 20.0,
        give_up_after_s: float = 60.0,
        buffer_ticks: int = BUFFER_TICKS,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._connection = Connection(url, token, read_token, timeout_s)
        self._policy = RetryPolicy(give_up_after_s)
        self._client = httpx.AsyncClient(transport=transport)
        self._sender = TickSender(self._policy, buffer_ticks)
        self._sending = asyncio.Lock()

    async def ingest(self, ticks: Any, *, trace: bool = False) -> IngestReport:
        """As `Gateway.ingest`; `ticks` may be an async iterable too, which waits while its ticks are sent."""
        async with self._sending:
            if not isinstance(ticks, AsyncIterable):
                encoded = (encode_tick(tick, position) for position, tick in enumerate(iterate_ticks(ticks)))
                return await self._run(self._sender.send_all(encoded, trace))
            return await self._ingest_stream(ticks, trace)

    async def _ingest_stream(self, ticks: AsyncIterable[Any], trace: bool) -> IngestReport:
        self._sender.begin(trace)
        stream = aiter(ticks)
        position = 0
        while True:
            try:
                encoded = encode_tick(await anext(stream), position)
            except StopAsyncIteration:
                return await self._run(self._sender.finish())
            except Exception:
                # What was read before the stream failed is not lost with it.
                await self._run(self._sender.guarded(self._sender.flush()))
                raise
            except BaseException as error:
                self._sender.abandon(error)
                raise
            await self._run(self._sender.guarded(self._sender.send([encoded])))
            position += 1

    @property
    def last_report(self) -> IngestReport:
        """As `Gateway.last_report`."""
        return self._sender.report

    async def predict(self, symbol: str) -> Prediction:
        """As `Gateway.predict`."""
        return await self._run(questions.predict(symbol, self._policy))

    async def predict_many(self, symbols: Iterable[str]) -> list[Prediction]:
        """As `Gateway.predict_many`."""
        return await self._run(questions.predict_many(symbols, self._policy))

    async def quality(self, symbol: str, window: str = "24h") -> Quality:
        """As `Gateway.quality`."""
        return await self._run(questions.quality(symbol, window, self._policy))

    async def feedback(self, labels: Iterable[questions.Label]) -> list[LabelResult]:
        """As `Gateway.feedback`."""
        return await self._run(questions.feedback(labels, self._policy))

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def __aenter__(self) -> AsyncGateway:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _run(self, flow: Flow[T]) -> T:
        response: Response | None = None
        while True:
            try:
                action = flow.send(response)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            try:
                response = await self._perform(action)
            except BaseException as error:
                # Also when the task is cancelled: a flow left alone would end in the middle of a later call.
                flow.throw(error)
                raise

    async def _perform(self, action: Request | Wait) -> Response | None:
        if isinstance(action, Wait):
            await asyncio.sleep(action.seconds)
            return None
        try:
            return response_of(await self._client.request(**self._connection.arguments(action)))
        except httpx.HTTPError as error:
            return no_response(error)
