"""Ticks from whatever holds them: lists, generators, Arrow tables, pandas and Polars frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# Rows of a frame that are Python objects at a time.
SLICE_ROWS = 5_000


def iterate_ticks(source: Any) -> Iterator[Mapping[str, Any]]:
    """The ticks of `source`, read as they are needed. Raises `TypeError` for what is no source of ticks."""
    if hasattr(source, "to_batches"):
        for batch in source.to_batches(max_chunksize=SLICE_ROWS):
            yield from batch.to_pylist()
    elif hasattr(source, "iter_slices"):
        for part in source.iter_slices(SLICE_ROWS):
            yield from part.to_dicts()
    elif hasattr(source, "iloc"):
        for start in range(0, len(source), SLICE_ROWS):
            yield from source.iloc[start : start + SLICE_ROWS].to_dict("records")
    elif isinstance(source, Mapping):
        yield source
    elif isinstance(source, Iterable):
        yield from source
    else:
        raise TypeError(f"ticks: got {type(source).__name__}, expected mappings of fields, or a table of them")
