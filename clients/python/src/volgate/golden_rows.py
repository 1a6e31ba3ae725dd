"""Rows on which an exported model is compared with the original: ordinary, with missing values, and extreme."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .extras import optional

ORDINARY_ROWS = 256
# Rows without one column, for each. Boosters that go another way for a missing value show it in some rows only.
HOLED_ROWS = 8
# Columns that a feed without quotes or without sizes leaves empty for good.
OF_QUOTES = re.compile("spread|imbalance")
# How many times as far from the middle of its values as they go an extreme value lies.
FAR = 1000.0


def golden_rows(sample: Any, features: Sequence[str]) -> Any:
    """Float32 [rows, features] made of a sample of real ones [any, features].

    Up to 256 of the sample, evenly spaced; some of them with one value missing, each column in eight rows, without the
    columns of quotes, and with all missing; zeros; and rows in the middle of which one column is far below or above.
    Raises `ValueError` for a sample of another width or without rows.
    """
    np = optional("numpy", "numpy")
    values = np.asarray(sample, dtype="float32")
    if values.ndim != 2 or values.shape[1] != len(features) or values.shape[0] == 0:
        raise ValueError(f"sample: got shape {values.shape}, expected [1 or more, {len(features)}]")
    ordinary = values[ordinary_places(np, len(values))]
    return np.vstack([ordinary, rows_with_missing(np, ordinary, features), extreme_rows(np, values)])


def ordinary_places(np: Any, count: int) -> Any:
    """Where in a sample of this many rows the ordinary rows lie; they come first in the golden rows."""
    return np.unique(np.linspace(0, count - 1, ORDINARY_ROWS).astype("int64"))


def rows_with_missing(np: Any, ordinary: Any, features: Sequence[str]) -> Any:
    """Ordinary rows with values taken out: one a row, those of quotes, all; and a row of zeros."""
    width = len(features)
    column, turn = np.arange(HOLED_ROWS * width) % width, np.arange(HOLED_ROWS * width) // width
    # Each column in rows from all over the sample.
    holed = np.array(ordinary[(turn * len(ordinary) // HOLED_ROWS + column) % len(ordinary)])
    holed[np.arange(len(holed)), column] = np.nan
    without_quotes = np.array(ordinary[:: max(1, len(ordinary) // 16)])
    without_quotes[:, [j for j, name in enumerate(features) if OF_QUOTES.search(name)]] = np.nan
    return np.vstack([holed, without_quotes, np.full((1, width), np.nan), np.zeros((1, width))]).astype("float32")


def extreme_rows(np: Any, values: Any) -> Any:
    """Two rows a column: all others in the middle of their range, this one far below and far above it."""
    finite = np.where(np.isfinite(values), values, np.nan)
    empty = ~np.isfinite(finite).any(axis=0)
    finite[0, empty] = 0
    low, high = np.nanmin(finite, axis=0).astype("float64"), np.nanmax(finite, axis=0).astype("float64")
    middle, reach = (low + high) / 2, FAR * np.where(high > low, high - low, 1)
    width = values.shape[1]
    rows = np.tile(middle, (2 * width, 1))
    rows[np.arange(width), np.arange(width)] -= reach
    rows[width + np.arange(width), np.arange(width)] += reach
    return rows.astype("float32")


def write_golden_table(path: Path, features: Sequence[str], rows: Any, probabilities: Any) -> None:
    """CSV with a column a feature and `probability` last; a missing value is an empty cell, and nothing is rounded."""
    np = optional("numpy", "numpy")

    def cell(value: Any) -> str:
        return "" if np.isnan(value) else str(np.format_float_scientific(value, unique=True, trim="-"))

    lines = [",".join([*features, "probability"])]
    for row, probability in zip(rows, probabilities):
        lines.append(",".join([*map(cell, row), repr(float(probability))]))
    path.write_text("\n".join(lines) + "\n")
