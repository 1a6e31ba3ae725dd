"""Writes bars and trades as pandas, Polars, DuckDB and Spark's form of pyarrow write them, for containers-python.test.ts.

Run with pandas 3, Polars, DuckDB and pyarrow installed; the versions are printed.
"""
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq

OUT = Path(sys.argv[1])
START = pd.Timestamp("2025-01-01T00:00:00Z")
N = 12
times = pd.date_range(START, periods=N, freq="1min")
bars = pd.DataFrame(
    {
        "open": [100 + i for i in range(N)],
        "high": [102.5 + i for i in range(N)],
        "low": [99.5 + i for i in range(N)],
        "close": [101.25 + i for i in range(N)],
        "volume": [10.5 + i for i in range(N)],
    }
)
trades = pd.DataFrame(
    {
        "timestamp": times,
        "symbol": ["BTC/USD" if i % 2 == 0 else "ETH/USD" for i in range(N)],
        "price": [100.25 + i for i in range(N)],
        "size": [0.5 + i for i in range(N)],
        "side": ["buy" if i % 3 == 0 else "sell" for i in range(N)],
    }
)

# pandas: the time as index, with and without a zone; a categorical; ns, µs, ms.
bars.set_index(times.rename("date")).to_parquet(OUT / "pandas-index.parquet")
bars.set_index(times.tz_localize(None).rename("date")).to_parquet(OUT / "pandas-naive.parquet")
for unit in ["ns", "us", "ms"]:
    own = trades.assign(timestamp=trades["timestamp"].dt.as_unit(unit), symbol=trades["symbol"].astype("category"))
    own.to_parquet(OUT / f"pandas-{unit}.parquet", index=True)
# Polars: large strings, decimals, a naive time of µs.
polars = pl.from_pandas(trades).with_columns(
    pl.col("timestamp").dt.replace_time_zone(None).dt.cast_time_unit("us"),
    pl.col("price").cast(pl.Decimal(18, 8)),
)
polars.write_parquet(OUT / "polars.parquet")
polars.with_columns(pl.col("symbol").cast(pl.Categorical)).write_ipc(OUT / "polars-zstd.arrow", compression="zstd")
polars.write_ipc(OUT / "polars-plain.arrow", compression="uncompressed")
# DuckDB: timestamps with a zone, decimals, zstd.
duckdb.register("trades", trades)
duckdb.sql(
    f"COPY (SELECT timestamp::TIMESTAMPTZ AS timestamp, symbol, price::DECIMAL(18, 4) AS price, size, side FROM trades) "
    f"TO '{OUT}/duckdb.parquet' (FORMAT parquet, COMPRESSION zstd)"
)
# Spark: times of INT96.
table = pa.Table.from_pandas(trades, preserve_index=False)
pq.write_table(table, OUT / "spark.parquet", flavor="spark", use_deprecated_int96_timestamps=True, version="1.0")
# Feather, as freqtrade writes it and with seconds and decimals of 128 bits.
schema = pa.schema(
    [
        ("timestamp", pa.timestamp("s")),
        ("symbol", pa.dictionary(pa.int8(), pa.large_string())),
        ("price", pa.decimal128(20, 6)),
        ("size", pa.float32()),
        ("side", pa.string()),
    ]
)
own = pa.table(
    {
        "timestamp": table["timestamp"].cast(pa.timestamp("s", "UTC")).cast(pa.timestamp("s")),
        "symbol": table["symbol"].cast(pa.large_string()).dictionary_encode(),
        "price": pa.array([Decimal(str(x)) for x in trades["price"]], pa.decimal128(20, 6)),
        "size": table["size"].cast(pa.float32()),
        "side": table["side"].cast(pa.string()),
    }
)
feather.write_feather(own, OUT / "pyarrow-lz4.feather", compression="lz4")
print(pd.__version__, pl.__version__, duckdb.__version__, pa.__version__)
