"""Runs freqtrade with the example's strategy, on an exchange whose prices are made here.

    python freqtrade-with-strategy.py dry-run CONFIG.json
    python freqtrade-with-strategy.py backtest CONFIG.json

`dry-run` is freqtrade's bot at a throttle of two seconds until it is ended: each round prints a line of JSON.
`backtest` is freqtrade's backtesting over the candles that the bot sees first.
"""

import json
import logging
import sys
import time
from datetime import datetime, timedelta, timezone
from typing import Any

import freqtrade.exchange as exchanges
from freqtrade.configuration import Configuration
from freqtrade.data.history import get_datahandler
from freqtrade.enums import CandleType, RunMode, State
from freqtrade.exchange import Exchange
from freqtrade.freqtradebot import FreqtradeBot
from freqtrade.optimize.backtesting import Backtesting
from freqtrade.persistence import Trade
from pandas import DataFrame, date_range

PAIRS = ["CALM/USD", "USUAL/USD", "WILD/USD", "OVER/USD", "NEW/USD", "NOBODY/USD"]
CANDLES = 200
PRICE = 101.0
THROTTLE_S = 2


class MadeExchange(Exchange):
    """Rising prices of five pairs; nothing is asked of any server."""

    price = PRICE

    def reload_markets(self, force: bool = False, *, load_leverage_tiers: bool = True) -> None:
        self._markets = {pair: market(pair) for pair in PAIRS}
        self._api.markets = self._markets
        self._last_markets_refresh = 1

    def check_time_offset(self) -> None:
        pass

    def validate_timeframes(self, timeframe: str | None) -> None:
        pass

    def refresh_latest_ohlcv(self, pair_list: list[tuple[str, str, CandleType]], **_: Any) -> dict[Any, DataFrame]:
        for key in pair_list:
            self._klines[key] = candles()
        return {key: self._klines[key] for key in pair_list}

    def fetch_l2_order_book(self, pair: str, limit: int = 100) -> Any:
        return {"bids": [[self.price - 0.001, 1e6]], "asks": [[self.price, 1e6]], "symbol": pair}

    def fetch_ticker(self, pair: str) -> Any:
        return {"symbol": pair, "bid": self.price - 0.001, "ask": self.price, "last": self.price}

    def get_fee(self, *_: Any, **__: Any) -> float:
        return 0.001


def market(pair: str) -> dict[str, Any]:
    base, quote = pair.split("/")
    none = {"min": None, "max": None}
    limits = {"amount": none | {"min": 1e-6}, "cost": none | {"min": 1.0}, "price": none}
    return {
        **{"id": pair.replace("/", ""), "symbol": pair, "base": base, "quote": quote, "type": "spot"},
        **{"active": True, "spot": True, "swap": False, "future": False, "contractSize": None, "linear": None},
        **{"precision": {"amount": 1e-6, "price": 1e-4}, "limits": limits, "maker": 0.001, "taker": 0.001, "info": {}},
    }


def candles() -> DataFrame:
    """One-minute candles that rise by 1 % in all; the last one is the last whole minute."""
    end = datetime.now(timezone.utc).replace(second=0, microsecond=0) - timedelta(minutes=1)
    dates = date_range(end=end, periods=CANDLES, freq="1min", tz="UTC")
    close = [PRICE * (0.99 + 0.01 * (i + 1) / CANDLES) for i in range(CANDLES)]
    return DataFrame({"date": dates, "open": close, "high": close, "low": close, "close": close, "volume": 1.0})


def trades() -> list[dict[str, Any]]:
    return [
        {
            "pair": trade.pair,
            "stake": trade.stake_amount,
            "stop_pct": trade.stop_loss_pct,
            "exit_reason": trade.exit_reason,
        }
        for trade in Trade.get_trades().all()
    ]


def dry_run(config: str) -> None:
    bot = FreqtradeBot(Configuration({"config": [config]}, RunMode.DRY_RUN).get_config())
    bot.state = State.RUNNING
    bot.startup()
    while True:
        bot.process()
        strategy: Any = bot.strategy
        now = datetime.now(timezone.utc)
        forecasts = {pair: strategy.forecast(pair, now) for pair in PAIRS}
        minute_later = [pair for pair in PAIRS if strategy.forecast(pair, now + timedelta(minutes=1))]
        alerts = {pair: forecast.alert for pair, forecast in forecasts.items() if forecast is not None}
        print(json.dumps({"trades": trades(), "alerts": alerts, "minute_later": minute_later}), flush=True)
        MadeExchange.price = PRICE * 1.01  # What was bought is in profit from now on, by less than minimal_roi.
        time.sleep(THROTTLE_S)


def backtest(path: str) -> None:
    config = Configuration({"config": [path]}, RunMode.BACKTEST).get_config()
    handler = get_datahandler(config["datadir"], "feather")
    for pair in PAIRS:
        handler.ohlcv_store(pair, "1m", candles(), CandleType.SPOT)
    backtesting = Backtesting(config)
    backtesting.start()
    (result,) = backtesting.all_bt_content.values()
    print(json.dumps({"trades": len(result["results"])}), flush=True)


if __name__ == "__main__":
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(name)s %(levelname)s %(message)s")
    exchanges.Kraken = MadeExchange  # type: ignore[misc,assignment]
    {"dry-run": dry_run, "backtest": backtest}[sys.argv[1]](sys.argv[2])
