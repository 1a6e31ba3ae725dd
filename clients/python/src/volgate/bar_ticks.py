"""A price bar as the ticks that the gateway's own readers make of it, so that served rows equal those of a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def ticks_of_bar(bar: Mapping[str, Any], symbol: str, end_ms: int, step_ms: int = 60_000) -> list[dict[str, Any]]:
    """Four ticks of a bar `{open, high, low, close}` of `step_ms` that ends at `end_ms`: open, extremes, close.

    The extreme nearer the open comes first. An open outside the bar's own range is moved to the nearest price inside.
    Raises `ValueError` for a close outside it, and for a bar shorter than 4 ms.

    Example: end 120000, open 10, high 14, low 9, close 12 gives 10 at 60000, 9 at 80000, 14 at 100000, 12 at 119999.
    """
    opened, high, low, close = (float(bar[name]) for name in ("open", "high", "low", "close"))
    if not low <= close <= high:
        raise ValueError(f"close: got {close}, expected one between low {low} and high {high}")
    if step_ms < 4:
        raise ValueError(f"step_ms: got {step_ms}, expected at least 4")
    first = min(max(opened, low), high)
    near, far = (low, high) if first - low <= high - first else (high, low)
    start_ms = end_ms - step_ms
    times = (start_ms, start_ms + step_ms // 3, start_ms + 2 * step_ms // 3, end_ms - 1)
    return [{"symbol": symbol, "ts": ts, "price": price} for ts, price in zip(times, (first, near, far, close))]
