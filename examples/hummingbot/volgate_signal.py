"""Publishes volgate's forecasts over MQTT in the form that hummingbot's controller `ai_livestream` reads.

    pip install paho-mqtt
    python volgate_signal.py --gateway http://127.0.0.1:8787 --mqtt 127.0.0.1:1883 BTC-USDT=BTC-USD@coinbase ETH-USDT

A pair is its own symbol of the gateway unless `=SYMBOL` follows it. VOLGATE_READ_TOKEN is the gateway's READ_TOKEN,
where it has one; MQTT_USERNAME and MQTT_PASSWORD are the broker's. SIGINT and SIGTERM end it and take forecasts back.
"""

import argparse
import json
import os
import signal
import sys
import threading
import time
import urllib.request
from datetime import datetime, timezone
from http.client import HTTPException
from typing import Any

from paho.mqtt.client import MQTT_ERR_SUCCESS, Client
from paho.mqtt.enums import CallbackAPIVersion

# [short, neutral, long]. The gateway forecasts how far the price moves, never where to: all mass stays in the middle.
NO_DIRECTION = [0.0, 1.0, 0.0]
# An answer that is cut off, as by a restart, is an HTTPException and no OSError.
GATEWAY_ERRORS = (OSError, HTTPException, ValueError, KeyError, TypeError)


def spread_multiplier(sigma_bps: float, tau_bps: float, narrowest: float = 0.5, widest: float = 3.0) -> float:
    """What a market maker's spreads are multiplied by: 1 where the expected volatility is tau, what the gateway takes
    for a spike; in proportion to sigma between the bounds. E.g. 4.8 of 8 bps gives 0.6."""
    return min(widest, max(narrowest, sigma_bps / tau_bps))


def forecast_message(pair: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The message of a live prediction. `target_pct` is a share, 0.001 for 10 bps: hummingbot multiplies stop loss,
    take profit and trailing stop of the controller's configuration by it."""
    at = datetime.fromtimestamp(answer["ts"] / 1000, timezone.utc)
    message = {"id": answer["ts"], "trading_pair": pair, "probabilities": NO_DIRECTION, "timestamp": at.isoformat()}
    if answer["sigma_bps"] is not None:
        message["target_pct"] = answer["sigma_bps"] / 10_000
        if answer["tau_bps"]:
            message["spread_multiplier"] = spread_multiplier(answer["sigma_bps"], answer["tau_bps"])
    kept = ("prediction_id", "probability", "threshold", "alert", "sigma_bps", "tau_bps", "horizon_s")
    return message | {"volgate": {name: answer[name] for name in kept}}


def no_forecast_message(pair: str) -> dict[str, Any]:
    """Takes a forecast back: without `target_pct` the controller uses its default."""
    return {"trading_pair": pair, "probabilities": NO_DIRECTION, "volgate": None}


def is_live(answer: dict[str, Any]) -> bool:
    """Whether an entry of `POST /predict` is a forecast of now: not unknown, warming up, stale or expired."""
    return answer.get("probability") is not None and not answer["stale"] and not answer["expired"]


class PairSignal:
    """One pair's topic. It has a connection of its own, so that the broker takes its forecast back by the connection's
    last will when this process dies."""

    def __init__(self, pair: str, symbol: str, prefix: str, broker: str) -> None:
        self.pair, self.symbol = pair, symbol
        self.topic = f"{prefix}/{pair.replace('-', '_').lower()}/ML_SIGNALS"
        self.published_ts: int | None = None
        self.until_ms = 0
        host, _, port = broker.rpartition(":")
        self.client = Client(CallbackAPIVersion.VERSION2)
        if "MQTT_USERNAME" in os.environ:
            self.client.username_pw_set(os.environ["MQTT_USERNAME"], os.environ.get("MQTT_PASSWORD"))
        self.client.will_set(self.topic, json.dumps(no_forecast_message(pair)))
        self.client.connect_async(host, int(port))
        self.client.loop_start()

    def update(self, answer: dict[str, Any] | None) -> None:
        """Publishes a new forecast, or that there is none. Without an answer the last one holds for its horizon."""
        if answer is not None and is_live(answer):
            if answer["ts"] != self.published_ts and self.publish(forecast_message(self.pair, answer)):
                self.published_ts = answer["ts"]
                self.until_ms = answer["ts"] + 1000 * answer["horizon_s"]
        elif self.published_ts is not None and (answer is not None or time.time() * 1000 >= self.until_ms):
            self.take_back()

    def take_back(self) -> None:
        if self.publish(no_forecast_message(self.pair)):
            self.published_ts = None

    def publish(self, message: dict[str, Any]) -> bool:
        """False without a connection. Neither queued nor retained: what waits would be old when it is read."""
        published = self.client.publish(self.topic, json.dumps(message)).rc == MQTT_ERR_SUCCESS
        if published:
            print(self.topic, json.dumps(message), flush=True)
        return published

    def close(self) -> None:
        self.take_back()
        self.client.disconnect()
        self.client.loop_stop()


def ask(gateway: str, symbols: list[str]) -> list[dict[str, Any]]:
    headers = {"Content-Type": "application/json"}
    if "VOLGATE_READ_TOKEN" in os.environ:
        headers["Authorization"] = f"Bearer {os.environ['VOLGATE_READ_TOKEN']}"
    body = json.dumps({"symbols": symbols}).encode()
    request = urllib.request.Request(f"{gateway.rstrip('/')}/predict", body, headers)
    with urllib.request.urlopen(request, timeout=5) as response:
        return json.load(response)["predictions"]


def main() -> None:
    parser = argparse.ArgumentParser(description="volgate's forecasts for hummingbot, over MQTT")
    parser.add_argument("pairs", nargs="+", metavar="PAIR[=SYMBOL]", help="at most 100")
    parser.add_argument("--gateway", default="http://127.0.0.1:8787")
    parser.add_argument("--mqtt", default="127.0.0.1:1883", metavar="HOST:PORT")
    parser.add_argument("--topic", default="hbot/predictions", help="the controller's `topic`")
    parser.add_argument("--every", type=float, default=1.0, metavar="SECONDS")
    given = parser.parse_args()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    named = [pair.partition("=") for pair in given.pairs]
    signals = [PairSignal(pair, symbol or pair, given.topic, given.mqtt) for pair, _, symbol in named]
    while not stopped.wait(given.every):
        answers: list[Any] = [None] * len(signals)
        try:
            answers = ask(given.gateway, [one.symbol for one in signals])
        except GATEWAY_ERRORS as error:
            print(f"the gateway did not answer: {error}", file=sys.stderr, flush=True)
        for one, answer in zip(signals, answers):
            one.update(answer)
    for one in signals:
        one.close()


if __name__ == "__main__":
    main()
