"""Ticks as the JSON of `POST /ingest`. Missing values are left out, since JSON has no NaN."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .ingest_report import TickError

PLAIN_TYPES = frozenset((str, int, float, bool))
INFINITE = (math.inf, -math.inf)
ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)
# The gateway's numbers are float64: whole ones further from 0 are not exact.
MOST_EXACT = 2**53 - 1
ID_NAMES = frozenset(("id", "tradeId", "trade_id"))
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class EncodedTick:
    """A tick ready to be sent: its place in what was handed over, its symbol's name as answers match it, its JSON."""

    position: int
    symbol: str
    json: bytes


def encode_tick(tick: Mapping[str, Any], position: int) -> EncodedTick | TickError:
    """A tick's JSON: all its fields but those that are `None`, NaN, NaT or NA.

    `ts` may be a datetime with a zone, a numpy datetime64 (UTC), or what the gateway takes. An infinite number is a
    refused tick, under the gateway's own reason. A whole `id` too large for the gateway's numbers is sent as text.
    Raises `TypeError` for a tick that is no mapping, for a datetime without a zone, for such an `id` as a float, and
    for values that JSON does not have.
    """
    if not isinstance(tick, Mapping):
        raise TypeError(f"tick {position}: got {type(tick).__name__}, expected a mapping of fields")
    fields: dict[str, Any] = {}
    symbol = matched_name(tick)
    for name, value in tick.items():
        # Most values are of these types, and this loop is where the time goes.
        plain = value if type(value) in PLAIN_TYPES else plain_value(value, name, position)
        if plain is None or plain != plain:
            continue
        if plain in INFINITE:
            reason = f"{snake_case(name)}_not_finite"
            return TickError(position, symbol or None, reason, name, str(plain), "a finite number")
        fields[name] = exact_id(plain, name, position) if name in ID_NAMES else plain
    return EncodedTick(position, symbol, encode_json(fields, position))


def matched_name(tick: Mapping[str, Any]) -> str:
    """The symbol with its venue behind an `@`, in upper case: the gateway takes any case for the same symbol.

    As in the gateway a name without a value, `None` or NaN, leaves the word to the next one.
    """
    symbol = first_text(tick, ("symbol", "product_id")).upper()
    if "@" in symbol:
        return symbol
    venue = first_text(tick, ("venue", "exchange")).upper()
    return f"{symbol}@{venue}" if venue else symbol


def first_text(tick: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """The first of these fields that is a text and not empty."""
    for name in names:
        value = tick.get(name)
        if isinstance(value, str) and value:
            return value
    return ""


def exact_id(value: Any, name: str, position: int) -> Any:
    """An id that the gateway reads digit for digit: text where a number would be rounded there."""
    if isinstance(value, (int, float)) and abs(value) > MOST_EXACT:
        if isinstance(value, float):
            expected = "text or whole numbers (Int64 in pandas), as a float this large has lost its last digits"
            raise TypeError(f"tick {position}, {name}: got {value!r}, expected {expected}")
        return str(value)
    return value


def encode_json(fields: dict[str, Any], position: int) -> bytes:
    """Compact JSON; NaN can no longer be in it."""
    try:
        return ENCODER.encode(fields).encode()
    except (TypeError, ValueError) as error:
        raise TypeError(f"tick {position}: cannot be JSON: {error}") from error


def plain_value(value: Any, name: str, position: int) -> Any:
    """A value of Python's own types: numbers of numpy and dates become numbers; NaT and NA become `None`."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, datetime):
        return milliseconds(value, f"tick {position}, {name}")
    if type(value).__name__ == "datetime64":
        text = str(value.astype("datetime64[ms]").astype("int64"))
        # numpy's "not a time" is the smallest number.
        return None if text == str(-(2**63)) else int(text)
    if hasattr(value, "item"):
        return plain_value(value.item(), name, position)
    return str(value) if type(value).__name__ == "Decimal" else value


def milliseconds(time: datetime, name: str) -> float | int:
    """Milliseconds since 1970 UTC, with a fraction where there is one."""
    if time.tzinfo is None:
        raise TypeError(f"{name}: got {time.isoformat()}, expected a datetime with a zone, such as timezone.utc")
    elapsed = time - EPOCH
    microseconds = (elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds
    return microseconds // 1000 if microseconds % 1000 == 0 else microseconds / 1000


def snake_case(name: str) -> str:
    """As the gateway's reasons name a field: `bidSize` is `bid_size`."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
