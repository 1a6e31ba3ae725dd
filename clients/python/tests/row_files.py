"""Datasets as `volgate rows` writes them, made by pyarrow."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

FEATURES = ("rv_60_over_tau", "ewma_60_over_tau", "jump_share_300", "imbalance_60")
LABEL = {
    **{"kind": "trailing-quantile", "source": "last", "measure": "rv", "horizonSteps": 60, "windowSteps": 3600},
    **{"minCount": 900, "quantile": 0.9},
}
FACTS = {
    "dataset_format": "1",
    "row": "default-1",
    "schema": "volgate features 1\nrow default-1\nstep_ms 1000\n" + "".join(f"{name} = f\n" for name in FEATURES),
    "schema_sha256": "ab" * 32,
    "label_json": json.dumps(LABEL),
    "step_ms": "1000",
    "walk_forward": "none",
    "version": "0.1.0",
}
FIRST = datetime(2026, 3, 1, tzinfo=timezone.utc)


def day_table(symbol: str, day: int, count: int = 400, seed: int = 1) -> pa.Table:
    """Rows of one symbol's day: folds of 100 rows from the second hundred on, with ten purged rows before each."""
    rng = np.random.default_rng([seed, day, len(symbol)])
    values = rng.standard_normal((count, len(FEATURES))).astype("float32")
    values[rng.random(values.shape) < 0.1] = np.nan
    spikes = np.nan_to_num(values[:, 0]) + rng.standard_normal(count) > 0.8
    labels: list[str | None] = ["1" if spike else "0" for spike in spikes]
    labels[3], labels[-1] = "void", None
    place = day * count + np.arange(count)
    fold = place // 100 - 1
    purge = [int(k) + 1 if at % 100 >= 90 else None for at, k in zip(place, fold)]
    return pa.table(
        {
            "time": pa.array([FIRST + timedelta(days=day, seconds=i) for i in range(count)], pa.timestamp("ms", "UTC")),
            "symbol": pa.array([symbol] * count),
            "venue": pa.nulls(count, pa.string()),
            "step": pa.array(place, pa.int64()),
            "segment": pa.array([0] * count, pa.int64()),
            **{name: pa.array(values[:, j]) for j, name in enumerate(FEATURES)},
            "tau": pa.array([0.001] * count),
            "label": pa.array(labels, pa.string()),
            "horizon_volatility": pa.array([0.001] * count),
            "episode": pa.nulls(count, pa.int64()),
            "eligible": pa.array([i != 5 for i in range(count)]),
            "fold": pa.array(fold, pa.int32()),
            "purge": pa.array(purge, pa.int32()),
        }
    )


def write_day(folder: Path, symbol: str, day: int, table: pa.Table | None = None, **facts: Any) -> Path:
    """Writes one file of the dataset; `facts` replace those of its metadata, `None` leaves one out."""
    date = (FIRST + timedelta(days=day)).date().isoformat()
    path = folder / f"symbol={quote(symbol, safe='')}" / f"date={date}" / "part-0.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    values = {name: value for name, value in {**FACTS, **facts}.items() if value is not None}
    metadata = {f"volgate.{name}": value for name, value in values.items()}
    table = day_table(symbol, day) if table is None else table
    pq.write_table(table.replace_schema_metadata(metadata), path)
    return path
