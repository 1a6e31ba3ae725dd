"""A freqtrade strategy that reads volgate's forecasts: whether to enter, with how much, and how far away the stop is.

All pairs are asked for with one request a candle. A volatility forecast has no direction: the entry's direction is a
moving average here, a stand-in for your own. Settings are in the section `volgate` of freqtrade's configuration.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import requests
from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, timeframe_to_next_date
from pandas import DataFrame

logger = logging.getLogger(__name__)

ASK_AGAIN_S = 10  # after a request that failed
SYMBOLS_PER_REQUEST = 100
FULL_STAKE_SHARE_OF_TAU = 0.6  # full stake while sigma is at most this share of tau, less in proportion beyond
STOP_SIGMAS = 8.0  # distance of the stop, in volatilities of one horizon
TIGHTEST_STOP = 0.003
STOP_WITHOUT_FORECAST = 0.01


@dataclass(frozen=True)
class Forecast:
    """What is used of a live prediction; `sigma_bps` and `tau_bps` are None for a model that gives no volatility."""

    probability: float
    alert: bool
    sigma_bps: float | None
    tau_bps: float | None
    until: datetime  # the end of its horizon


def read_forecast(answer: dict[str, Any]) -> Forecast | None:
    """The forecast in one entry of `POST /predict`; None for unknown, warming up, stale and expired ones."""
    if answer.get("probability") is None or answer["alert"] is None or answer["stale"] or answer["expired"]:
        return None
    until = datetime.fromtimestamp(answer["ts"] / 1000 + answer["horizon_s"], timezone.utc)
    return Forecast(answer["probability"], answer["alert"], answer["sigma_bps"], answer["tau_bps"], until)


class VolgateStrategy(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "1m"  # as long as the gateway's horizon
    process_only_new_candles = True
    startup_candle_count = 40
    minimal_roi = {"0": 0.02}
    stoploss = -0.05  # no forecast makes the stop wider
    use_custom_stoploss = True

    def bot_start(self, **kwargs: Any) -> None:
        self.settings: dict[str, Any] = self.config.get("volgate", {})
        self.forecasts: dict[str, Forecast] = {}
        self.ask_at = datetime.min.replace(tzinfo=timezone.utc)
        if not self.trades_live():
            logger.warning("volgate: past candles have no live forecast, so this strategy enters no trade here")
        elif "url" not in self.settings:
            raise ValueError('volgate.url: got nothing in the configuration, expected e.g. "http://127.0.0.1:8787"')

    def trades_live(self) -> bool:
        return self.dp.runmode.value in ("live", "dry_run")

    def symbol(self, pair: str) -> str:
        """`BTC/USDT` and `BTC/USDT:USDT` are `BTC-USDT`, unless `volgate.symbols` names another symbol."""
        return self.settings.get("symbols", {}).get(pair) or pair.split(":")[0].replace("/", "-")

    def bot_loop_start(self, current_time: datetime, **kwargs: Any) -> None:
        if not self.trades_live() or current_time < self.ask_at:
            return
        pairs = self.dp.current_whitelist()
        pairs += [trade.pair for trade in Trade.get_open_trades() if trade.pair not in pairs]
        try:
            for start in range(0, len(pairs), SYMBOLS_PER_REQUEST):
                self.ask(pairs[start : start + SYMBOLS_PER_REQUEST])
            self.ask_at = timeframe_to_next_date(self.timeframe, current_time)
        except (requests.RequestException, ValueError, KeyError, TypeError) as error:
            # What is known stays in use until its horizon is over.
            logger.warning("volgate: no forecasts, asking again in %d s: %s", ASK_AGAIN_S, error)
            self.ask_at = current_time + timedelta(seconds=ASK_AGAIN_S)

    def ask(self, pairs: list[str]) -> None:
        body = {"symbols": [self.symbol(pair) for pair in pairs]}
        if "horizon" in self.settings:
            body["horizon"] = self.settings["horizon"]
        token = self.settings.get("token")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        response = requests.post(f"{self.settings['url'].rstrip('/')}/predict", json=body, headers=headers, timeout=3)
        if not response.ok:
            raise ValueError(f"{response.status_code}: {response.text[:200]}")
        for pair, answer in zip(pairs, response.json()["predictions"], strict=True):
            forecast = read_forecast(answer)
            if forecast is None:
                self.forecasts.pop(pair, None)
                logger.info("volgate: %s has no live forecast: %s", pair, reason(answer))
            else:
                self.forecasts[pair] = forecast

    def forecast(self, pair: str, now: datetime) -> Forecast | None:
        """The pair's forecast while its horizon lasts."""
        known = self.forecasts.get(pair)
        return known if known is not None and now < known.until else None

    def populate_indicators(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:
        dataframe["ema"] = dataframe["close"].ewm(span=20, adjust=False).mean()
        dataframe[["volgate_probability", "volgate_alert"]] = float("nan")
        forecast = self.forecast(metadata["pair"], datetime.now(timezone.utc))
        if forecast is not None:
            # Of the last candle alone: a forecast of now was not known at the candles before.
            columns = ["volgate_probability", "volgate_alert"]
            dataframe.loc[dataframe.index[-1], columns] = [forecast.probability, float(forecast.alert)]
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:
        rises = dataframe["close"] > dataframe["ema"]
        dataframe.loc[rises & (dataframe["volgate_alert"] == 0), ["enter_long", "enter_tag"]] = (1, "volgate_calm")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:
        dataframe.loc[dataframe["close"] < dataframe["ema"], ["exit_long", "exit_tag"]] = (1, "below_ema")
        return dataframe

    def confirm_trade_entry(self, pair: str, *args: Any, current_time: datetime, **kwargs: Any) -> bool:
        forecast = self.forecast(pair, current_time)
        return forecast is not None and not forecast.alert

    def custom_stake_amount(self, pair: str, current_time: datetime, proposed_stake: float, **kwargs: Any) -> float:
        forecast = self.forecast(pair, current_time)
        if forecast is None or not forecast.sigma_bps or forecast.tau_bps is None:
            return proposed_stake
        return proposed_stake * min(1.0, FULL_STAKE_SHARE_OF_TAU * forecast.tau_bps / forecast.sigma_bps)

    def custom_stoploss(
        self, pair: str, trade: Trade, current_time: datetime, after_fill: bool, **kwargs: Any
    ) -> float | None:
        if not after_fill:
            return None  # stays where it was set at the entry
        forecast = self.forecast(pair, current_time)
        if forecast is None or forecast.sigma_bps is None:
            return -STOP_WITHOUT_FORECAST
        return -max(TIGHTEST_STOP, STOP_SIGMAS * forecast.sigma_bps / 10_000)

    def custom_exit(
        self, pair: str, trade: Trade, current_time: datetime, current_profit: float, **kwargs: Any
    ) -> str | None:
        forecast = self.forecast(pair, current_time)
        return "volgate_spike" if forecast is not None and forecast.alert and current_profit > 0 else None


def reason(answer: dict[str, Any]) -> str:
    """Why an answer is no live forecast, for the log."""
    if "code" in answer:
        return f"{answer['code']} {answer.get('error', '')}".strip()
    if answer.get("probability") is None:
        return "; ".join(answer.get("missing", ["no probability"]))
    return "expired" if answer["expired"] else "stale"
