"""Runs the example's actor in a nautilus_trader node without venues, beside a strategy that subscribes to it.

    python nautilus-node.py URL COUNT RESULTS.ndjson

The token is VOLGATE_READ_TOKEN. Ends the node when COUNT forecasts have come, and runs a backtest over them. Writes
lines of JSON to a file: the log of nautilus_trader writes to standard output whenever it likes.
"""

import asyncio
import json
import os
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples/nautilus_trader"))

from nautilus_trader.backtest.config import BacktestEngineConfig
from nautilus_trader.backtest.engine import BacktestEngine
from nautilus_trader.common.config import LoggingConfig
from nautilus_trader.live.config import LiveExecEngineConfig, TradingNodeConfig
from nautilus_trader.live.node import TradingNode
from nautilus_trader.model.data import CustomData, DataType
from nautilus_trader.model.identifiers import ClientId
from nautilus_trader.trading.strategy import Strategy
from volgate_actor import VolatilityForecast, VolgateActor, VolgateActorConfig

NAMES = ["CALM", "WILD", "OVER", "NEW", "NOBODY"]
results: list[dict[str, object]] = []
SYMBOLS = {f"{name}USD.SIM": f"{name}-USD" for name in NAMES}


class Listener(Strategy):
    """Keeps the forecasts that it is sent, with the thread that they came in and the clock's time."""

    def __init__(self, client_id: ClientId | None = None) -> None:
        super().__init__()
        self.client = client_id
        self.got: list[tuple[VolatilityForecast, bool, bool]] = []

    def on_start(self) -> None:
        self.subscribe_data(DataType(VolatilityForecast), client_id=self.client)

    def on_data(self, data: object) -> None:
        assert isinstance(data, VolatilityForecast)
        in_main = threading.current_thread() is threading.main_thread()
        self.got.append((data, in_main, data.holds(self.clock.timestamp_ns())))


def run_live(url: str, count: int) -> list[VolatilityForecast]:
    config = TradingNodeConfig(
        trader_id="VOLGATE-001",
        logging=LoggingConfig(log_level="WARNING"),
        exec_engine=LiveExecEngineConfig(reconciliation=False),
        timeout_connection=5.0,
        timeout_disconnection=2.0,
        timeout_post_stop=1.0,
    )
    node = TradingNode(config=config)
    token = os.environ.get("VOLGATE_READ_TOKEN")
    actor = VolgateActor(VolgateActorConfig(url=url, symbols=SYMBOLS, token=token, every_s=0.5))
    listener = Listener()
    node.trader.add_actor(actor)
    node.trader.add_strategy(listener)
    node.build()
    longest = [0.0]

    async def watch_loop() -> None:
        """The longest time for which the event loop did not run."""
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.01)
            longest[0] = max(longest[0], time.monotonic() - before)

    async def run() -> None:
        running = asyncio.ensure_future(node.run_async())
        await asyncio.sleep(1)
        watching = asyncio.ensure_future(watch_loop())
        while len(listener.got) < count:
            await asyncio.sleep(0.1)
        watching.cancel()
        await node.stop_async()
        running.cancel()

    loop = node.get_event_loop()
    assert loop is not None
    loop.run_until_complete(run())
    node.dispose()
    for forecast, in_main, holds in listener.got:
        results.append({"live": forecast.to_dict(), "in_main": in_main, "holds": holds})
    results.append({"longest_ms": longest[0] * 1000})
    return [forecast for forecast, _, _ in listener.got]


def run_backtest(forecasts: list[VolatilityForecast]) -> None:
    """As a strategy is tried on recorded forecasts: each comes at the time at which it was known."""
    engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(log_level="WARNING")))
    kind = DataType(VolatilityForecast)
    engine.add_data([CustomData(kind, forecast) for forecast in forecasts], client_id=ClientId("VOLGATE"))
    actor = VolgateActor(VolgateActorConfig(url="http://127.0.0.1:1", symbols=SYMBOLS))
    listener = Listener(ClientId("VOLGATE"))
    engine.add_actor(actor)
    engine.add_strategy(listener)
    engine.run()
    for forecast, _, holds in listener.got:
        results.append({"backtest": forecast.to_dict(), "holds": holds})
    engine.dispose()


if __name__ == "__main__":
    run_backtest(run_live(sys.argv[1], int(sys.argv[2])))
    Path(sys.argv[3]).write_text("".join(json.dumps(result) + "\n" for result in results))
