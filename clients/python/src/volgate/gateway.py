"""A gateway, asked and fed by one thread after the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
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


class Gateway:
    """Client of a volgate gateway at `url`, e.g. `http://127.0.0.1:8787`.

    `token` is the gateway's INGEST_TOKEN; `read_token` its READ_TOKEN, where they differ. An attempt is cut off after
    `timeout_s`; requests that fail are repeated, and given up after `give_up_after_s`. `buffer_ticks` bounds the ticks
    that wait behind failed ones. Every method raises `GatewayError` with the gateway's `code`.

        with volgate.Gateway("http://127.0.0.1:8787") as gateway:
            gateway.ingest([{"symbol": "BTC-USD", "ts": 1764979200000, "price": 89412.5}])
            gateway.predict("BTC-USD")["probability"]
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        read_token: str | None = None,
        timeout_s: float = 20.0,
        give_up_after_s: float = 60.0,
        buffer_ticks: int = BUFFER_TICKS,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._connection = Connection(url, token, read_token, timeout_s)
        self._policy = RetryPolicy(give_up_after_s)
        self._client = httpx.Client(transport=transport)
        self._sender = TickSender(self._policy, buffer_ticks)
        # Requests for one symbol that are sent at once could overtake each other.
        self._sending = threading.Lock()

    def ingest(self, ticks: Any, *, trace: bool = False) -> IngestReport:
        """Sends ticks, at most 5,000 or 1 MB a request, and returns what became of them.

        `ticks` are mappings with the fields of `POST /ingest`, in any iterable, or an Arrow table, a pandas or a Polars
        frame. They are read as they are sent. A symbol that fails is tried again while others go on. Refused ticks are
        in the report; with `trace` also all that the gateway computed. Raises `IngestIncomplete` when symbols were
        given up, `GatewayError` when a whole request was. When `ticks` raises, what was read before is sent first.
        """
        with self._sending:
            encoded = (encode_tick(tick, position) for position, tick in enumerate(iterate_ticks(ticks)))
            return self._run(self._sender.send_all(encoded, trace))

    @property
    def last_report(self) -> IngestReport:
        """What became of the ticks of the last `ingest` until now, also when it raised an error without a report."""
        return self._sender.report

    def predict(self, symbol: str) -> Prediction:
        """The live prediction. Raises `Refused` with code `unknown_symbol` for a symbol without ticks."""
        return self._run(questions.predict(symbol, self._policy))

    def predict_many(self, symbols: Iterable[str]) -> list[Prediction]:
        """Predictions in order; a symbol without one has `code` and `error` instead."""
        return self._run(questions.predict_many(symbols, self._policy))

    def quality(self, symbol: str, window: str = "24h") -> Quality:
        """How good each served model was on a symbol: `window` is `1h`, `24h` or `30d`."""
        return self._run(questions.quality(symbol, window, self._policy))

    def feedback(self, labels: Iterable[questions.Label]) -> list[LabelResult]:
        """Reports what really happened: `(prediction_id, spike)` each. Returns an outcome a label, in order."""
        return self._run(questions.feedback(labels, self._policy))

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def __enter__(self) -> Gateway:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, flow: Flow[T]) -> T:
        response: Response | None = None
        while True:
            try:
                action = flow.send(response)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            try:
                response = self._perform(action)
            except BaseException as error:
                # The flow ends here and now: left alone, it would end in the middle of a later call.
                flow.throw(error)
                raise

    def _perform(self, action: Request | Wait) -> Response | None:
        if isinstance(action, Wait):
            time.sleep(action.seconds)
            return None
        try:
            return response_of(self._client.request(**self._connection.arguments(action)))
        except httpx.HTTPError as error:
            return no_response(error)
