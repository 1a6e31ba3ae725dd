"""Ticks as JSON: what is left out, what is converted, what is refused."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from volgate import ticks_of_bar
from volgate.ingest_report import TickError
from volgate.tick_json import encode_tick
from volgate.tick_source import iterate_ticks

TS = 1_764_979_200_000


def sent(tick):
    return json.loads(encode_tick(tick, 0).json)


@pytest.mark.parametrize(
    ("names", "matched"),
    [
        ({"symbol": "btc-usd"}, "BTC-USD"),
        ({"symbol": "btc/usd", "venue": "Kraken"}, "BTC/USD@KRAKEN"),
        ({"symbol": "btc/usd", "exchange": "Kraken"}, "BTC/USD@KRAKEN"),
        ({"symbol": "btc/usd@kraken", "venue": "kraken"}, "BTC/USD@KRAKEN"),
        ({"symbol": "btc/usd", "venue": None}, "BTC/USD"),
        ({"symbol": "btc/usd", "venue": None, "exchange": "kraken"}, "BTC/USD@KRAKEN"),
        ({"symbol": "btc/usd", "venue": float("nan"), "exchange": "kraken"}, "BTC/USD@KRAKEN"),
        ({"product_id": "btc-usd"}, "BTC-USD"),
        ({"symbol": None, "product_id": "btc-usd", "venue": "coinbase"}, "BTC-USD@COINBASE"),
        ({"symbol": "btc-usd", "product_id": "other"}, "BTC-USD"),
    ],
)
def test_a_symbol_is_matched_with_its_venue_in_any_case(names, matched):
    assert encode_tick({**names, "ts": TS}, 0).symbol == matched


@pytest.mark.parametrize("missing", [None, float("nan"), np.float32("nan"), pd.NA, pd.NaT, np.datetime64("NaT")])
def test_missing_values_are_left_out(missing):
    assert sent({"symbol": "A", "ts": TS, "bid": missing}) == {"symbol": "A", "ts": TS}


@pytest.mark.parametrize(
    ("value", "json_value"),
    [
        (np.float64(1.5), 1.5),
        (np.int64(3), 3),
        (Decimal("0.1"), "0.1"),
        ("0.10", "0.10"),
        (datetime(2025, 12, 6, tzinfo=timezone.utc), TS),
        (datetime(2025, 12, 6, 1, tzinfo=timezone(timedelta(hours=1))), TS),
        (datetime(2025, 12, 6, 0, 0, 0, 1500, tzinfo=timezone.utc), TS + 1.5),
        (pd.Timestamp("2025-12-06", tz="UTC"), TS),
        (np.datetime64("2025-12-06", "ns"), TS),
    ],
)
def test_values_of_libraries_become_json(value, json_value):
    assert sent({"ts": value})["ts"] == json_value


def test_an_infinite_number_is_a_refused_tick_under_the_reason_of_the_gateway():
    tick = {"symbol": "a", "ts": TS, "price": 1, "bidSize": float("-inf")}
    assert encode_tick(tick, 7) == TickError(7, "A", "bid_size_not_finite", "bidSize", "-inf", "a finite number")


@pytest.mark.parametrize("name", ["id", "tradeId", "trade_id"])
def test_an_id_too_large_for_the_numbers_of_the_gateway_is_sent_as_text(name):
    frame = pd.DataFrame({name: pd.array([2**53 + 1, None, 5], dtype="Int64")})
    assert [sent(tick).get(name) for tick in iterate_ticks(frame)] == ["9007199254740993", None, 5]
    assert sent({name: np.int64(-(2**53))})[name] == "-9007199254740992"
    assert sent({name: 2**53 - 1})[name] == 2**53 - 1
    assert sent({name: 12.0})[name] == 12
    with pytest.raises(TypeError, match=rf"tick 3, {name}: got 1.2345678901234568e\+16, expected text .*Int64"):
        encode_tick({name: np.float64(12345678901234567)}, 3)


def test_what_is_no_tick_is_a_mistake_of_the_caller():
    with pytest.raises(TypeError, match="tick 4: got int, expected a mapping"):
        encode_tick(5, 4)
    with pytest.raises(TypeError, match="tick 0, ts: got 2025-12-06T00:00:00, expected a datetime with a zone"):
        encode_tick({"ts": datetime(2025, 12, 6)}, 0)
    with pytest.raises(TypeError, match="tick 0: cannot be JSON"):
        encode_tick({"ts": object()}, 0)
    with pytest.raises(TypeError, match="ticks: got int"):
        next(iterate_ticks(5))


def test_tables_of_any_library_are_the_same_ticks():
    columns = {"symbol": ["A", "B"], "ts": [TS, TS + 1], "price": [1.5, None]}
    expected = [{"symbol": "A", "ts": TS, "price": 1.5}, {"symbol": "B", "ts": TS + 1}]
    for source in (pa.table(columns), pd.DataFrame(columns), pl.DataFrame(columns), expected, iter(expected)):
        assert [sent(tick) for tick in iterate_ticks(source)] == expected
    assert list(iterate_ticks(expected[0])) == expected[:1]


def test_a_frame_is_cut_without_losing_a_row():
    count = 12_345
    frame = {"symbol": ["A"] * count, "ts": range(TS, TS + count)}
    for source in (pd.DataFrame(frame), pl.DataFrame(frame), pa.table(pd.DataFrame(frame))):
        assert [tick["ts"] - TS for tick in iterate_ticks(source)] == list(range(count))


def test_a_bar_is_four_ticks_as_the_gateway_reads_it():
    def of(*prices):
        bar = dict(zip(("open", "high", "low", "close"), prices))
        return [(tick["ts"], tick["price"]) for tick in ticks_of_bar(bar, "A", 120_000)]

    assert of(10, 14, 9, 12) == [(60_000, 10), (80_000, 9), (100_000, 14), (119_999, 12)]
    assert of("13", "14", "9", "12") == [(60_000, 13), (80_000, 14), (100_000, 9), (119_999, 12)]
    assert of(20, 14, 9, 12)[0] == (60_000, 14)
    with pytest.raises(ValueError, match="close: got 15.0, expected one between low 9.0 and high 14.0"):
        of(10, 14, 9, 15)
