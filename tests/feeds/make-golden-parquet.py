# Writes golden-ticks.parquet: ticks as another program writes them, each column compressed differently.
# python3 -m venv v && v/bin/pip install pyarrow==26.0.1 && v/bin/python tests/feeds/make-golden-parquet.py
import pathlib
import pyarrow as pa
import pyarrow.parquet as pq

T0_NS = 1_764_547_200_000_000_000  # 2025-12-01T00:00:00Z
n = 200
table = pa.table(
    {
        "timestamp": pa.array([T0_NS + i * 250_000_000 + 999_999 for i in range(n)], pa.timestamp("ns", tz="UTC")),
        "symbol": pa.array(["BTC-USD" if i % 3 else "ETH-USD" for i in range(n)]).dictionary_encode(),
        "price": pa.array([100 + i / 4 for i in range(n)], pa.float64()),
        "bid": pa.array([None if i % 5 == 0 else 99 + i / 4 for i in range(n)], pa.float64()),
        "ask": pa.array([float("nan") if i % 7 == 0 else 101 + i / 4 for i in range(n)], pa.float64()),
        "bid_size": pa.array([i / 8 for i in range(n)], pa.float32()),
        "trade_id": pa.array([2**60 + i if i % 2 else i for i in range(n)], pa.int64()),
        "venue": pa.array(["coinbase"] * n),
    }
)
path = pathlib.Path(__file__).parent / "golden-ticks.parquet"
codecs = ["zstd", "gzip", "snappy", "brotli", "lz4", "none", "zstd", "gzip"]
pq.write_table(table, path, row_group_size=120, compression=dict(zip(table.column_names, codecs)))
print(path, path.stat().st_size, "bytes")
