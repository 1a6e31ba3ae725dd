"""A file of one-minute bars for the example, from a market whose volatility comes in clusters. Always the same."""

from __future__ import annotations

import csv
import math
import random
from pathlib import Path

FIRST_END_MS = 1_740_787_260_000  # 2025-03-01 00:01 UTC
DAYS = 12


def make_bars(path: Path) -> None:
    """Writes 12 days of bars, each stamped with its end, in the columns of BitMEX's bars."""
    rng = random.Random(11)
    price, volatility = 40_000.0, 0.0006
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["timestamp_ms", "open", "high", "low", "close", "trades", "volume_usd", "vwap", "last_size"])
        for minute in range(DAYS * 1_440):
            volatility = math.exp(0.97 * math.log(volatility) + 0.03 * math.log(0.0006) + rng.gauss(0, 0.13))
            prices = [price]
            for _ in range(8):
                prices.append(prices[-1] * math.exp(rng.gauss(0, volatility / math.sqrt(8))))
            price = prices[-1]
            cells = [f"{value:.2f}" for value in (prices[0], max(prices), min(prices), price)]
            vwap = f"{sum(prices) / len(prices):.4f}"
            out.writerow(
                [FIRST_END_MS + 60_000 * minute, *cells, rng.randint(1, 400), rng.randint(1_000, 900_000), vwap, 20]
            )
