"""A nautilus_trader actor that asks volgate for its forecasts and publishes them on the message bus.

Other actors and strategies subscribe to `DataType(VolatilityForecast)`. A request blocks in a thread of its own, never
in the node's event loop. A backtest has no live forecasts: give it recorded `VolatilityForecast`s as custom data.
"""

import asyncio
import json
import urllib.request
from datetime import timedelta
from typing import Any

from nautilus_trader.common.actor import Actor
from nautilus_trader.common.component import TestClock, TimeEvent
from nautilus_trader.common.config import ActorConfig
from nautilus_trader.core.data import Data
from nautilus_trader.model.custom import customdataclass
from nautilus_trader.model.data import DataType
from nautilus_trader.model.identifiers import InstrumentId


@customdataclass
class VolatilityForecast(Data):
    """A live prediction of an instrument. `ts_event` is the end of the step that it was made from, and it is about the
    `horizon_s` seconds after it. `sigma_bps` and `tau_bps` are NaN for a model that gives no volatility."""

    instrument_id: InstrumentId
    probability: float
    alert: bool
    sigma_bps: float
    tau_bps: float
    horizon_s: float

    def holds(self, now_ns: int) -> bool:
        """Whether the horizon is not over yet."""
        return now_ns < self.ts_event + int(self.horizon_s * 1e9)


class VolgateActorConfig(ActorConfig, frozen=True):
    """`symbols` has the gateway's symbol of each instrument, 100 at most: `{"BTCUSDT.BINANCE": "BTC-USDT@binance"}`.
    `token` is the gateway's READ_TOKEN, where it has one."""

    url: str
    symbols: dict[str, str]
    token: str | None = None
    every_s: float = 1.0
    timeout_s: float = 5.0


class VolgateActor(Actor):
    """Asks for all instruments with one request every `every_s`, one at a time, and publishes what is new and live."""

    def __init__(self, config: VolgateActorConfig) -> None:
        super().__init__(config)
        self.asking = False
        self.published_ns: dict[str, int] = {}

    def on_start(self) -> None:
        if isinstance(self.clock, TestClock):
            self.log.warning("no live forecasts in a backtest: add recorded VolatilityForecasts with add_data")
            return
        self.loop = asyncio.get_running_loop()
        self.clock.set_timer("volgate", timedelta(seconds=self.config.every_s), callback=self.on_timer)

    def on_stop(self) -> None:
        if "volgate" in self.clock.timer_names:
            self.clock.cancel_timer("volgate")

    def on_timer(self, event: TimeEvent) -> None:
        # Not from the timer's thread: all of the actor's state belongs to the loop.
        self.loop.call_soon_threadsafe(self.ask)

    def ask(self) -> None:
        if self.asking or not self.is_running:
            return  # A slow gateway is not asked again while it has not answered.
        self.asking = True
        self.loop.run_in_executor(None, self.request).add_done_callback(self.on_answer)

    def request(self) -> list[dict[str, Any]]:
        headers = {"Content-Type": "application/json"}
        if self.config.token is not None:
            headers["Authorization"] = f"Bearer {self.config.token}"
        body = json.dumps({"symbols": list(self.config.symbols.values())}).encode()
        asked = urllib.request.Request(f"{self.config.url.rstrip('/')}/predict", body, headers)
        with urllib.request.urlopen(asked, timeout=self.config.timeout_s) as response:
            return json.load(response)["predictions"]

    def on_answer(self, answered: "asyncio.Future[list[dict[str, Any]]]") -> None:
        self.asking = False
        if answered.cancelled() or not self.is_running:
            return
        if answered.exception() is not None:
            self.log.warning(f"the gateway did not answer: {answered.exception()}")
            return
        for instrument, answer in zip(self.config.symbols, answered.result(), strict=True):
            self.publish(InstrumentId.from_str(instrument), answer)

    def publish(self, instrument_id: InstrumentId, answer: dict[str, Any]) -> None:
        """Nothing for a prediction that is unknown, warming up, stale, expired, or published already."""
        if answer.get("probability") is None or answer["alert"] is None or answer["stale"] or answer["expired"]:
            return
        ts_event = answer["ts"] * 1_000_000
        if self.published_ns.get(instrument_id.value) == ts_event:
            return
        self.published_ns[instrument_id.value] = ts_event
        forecast = VolatilityForecast(
            instrument_id=instrument_id,
            probability=answer["probability"],
            alert=answer["alert"],
            sigma_bps=number(answer["sigma_bps"]),
            tau_bps=number(answer["tau_bps"]),
            horizon_s=float(answer["horizon_s"]),
            ts_event=ts_event,
            ts_init=self.clock.timestamp_ns(),
        )
        self.publish_data(DataType(VolatilityForecast), forecast)


def number(value: float | None) -> float:
    return float("nan") if value is None else value
