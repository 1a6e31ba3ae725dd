"""Datasets: what they hold, what is left after a filter, and which are refused."""

from __future__ import annotations

import json
from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pyarrow.fs
import pytest
from row_files import FEATURES, LABEL, day_table, write_day

import volgate


def test_all_rows_come_by_symbol_and_time_with_the_symbol_of_their_column(rows):
    table = rows.to_arrow(["time", "symbol", "step"])
    assert table.num_rows == 5 * 400
    assert table["symbol"].to_pylist() == ["BTC/USD"] * 1200 + ["ETH-USD"] * 800
    assert table["step"].to_pylist() == [*range(1200), *range(800)]
    assert rows.symbols == ("BTC/USD", "ETH-USD")
    assert rows.dates == (date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3))


def test_pandas_and_polars_have_the_same_rows_and_no_column_of_the_folders(rows):
    pandas, polars = rows.to_pandas(), rows.to_polars()
    assert list(pandas.columns) == polars.columns == list(rows.columns)
    assert "date" not in polars.columns
    assert len(pandas) == polars.height == 2000
    assert pandas["time"].iloc[0].isoformat() == "2026-03-01T00:00:00+00:00"
    assert polars["label"].to_list() == rows.to_arrow(["label"])["label"].to_pylist()


def test_a_filter_keeps_symbols_and_days(rows):
    eth = rows.where(symbol="ETH-USD", since="2026-03-02")
    assert eth.to_arrow(["step"])["step"].to_pylist() == [*range(400, 800)]
    assert rows.where(symbol=["BTC/USD"], until=date(2026, 3, 3)).to_arrow(["step"]).num_rows == 800


def test_a_filter_that_leaves_nothing_is_refused(rows):
    with pytest.raises(volgate.DatasetError, match="symbol: got BTC-USD, expected one of BTC/USD, ETH-USD"):
        rows.where(symbol="BTC-USD")
    with pytest.raises(volgate.DatasetError, match="expected days within 2026-03-01 to 2026-03-03"):
        rows.where(since="2027-01-01")
    with pytest.raises(ValueError, match="since: got 2026-03-01 10:00:00, expected a date as YYYY-MM-DD"):
        rows.where(since=datetime(2026, 3, 1, 10))


def test_x_and_y_are_of_the_eligible_rows_with_a_known_label(rows):
    one = rows.where(symbol="ETH-USD", until="2026-03-02")
    table = day_table("ETH-USD", 0)
    keep = [i for i in range(400) if i not in (3, 5, 399)]
    expected = np.column_stack([table[name].to_numpy()[keep] for name in FEATURES])
    np.testing.assert_array_equal(one.X, expected)
    assert (one.X.dtype, one.y.dtype) == ("float32", "int8")
    assert one.y.tolist() == [int(table["label"][i].as_py()) for i in keep]


def test_some_features_in_an_order_of_their_own(rows):
    some = rows.only(["imbalance_60", "rv_60_over_tau"])
    np.testing.assert_array_equal(some.X, rows.X[:, [3, 0]])
    assert some.where(symbol="ETH-USD").features == ("imbalance_60", "rv_60_over_tau")
    with pytest.raises(volgate.DatasetError, match="features: got spread, expected columns of default-1"):
        rows.only(["spread"])


def test_features_without_any_value_are_known(tmp_path):
    table = day_table("A", 0)
    at = table.column_names.index("imbalance_60")
    write_day(tmp_path, "A", 0, table.set_column(at, "imbalance_60", pa.array([np.nan] * 400, pa.float32())))
    assert volgate.rows(tmp_path).filled == FEATURES[:3]


def test_null_features_and_dictionary_columns_are_read_too(tmp_path):
    table = day_table("A", 0)
    for name in ("symbol", "label"):
        at = table.column_names.index(name)
        table = table.set_column(at, name, table[name].combine_chunks().dictionary_encode())
    at = table.column_names.index("rv_60_over_tau")
    table = table.set_column(at, "rv_60_over_tau", pa.array([None] * 400, pa.float32()))
    write_day(tmp_path, "A", 0, table)
    rows = volgate.rows(tmp_path)
    assert np.isnan(rows.X[:, 0]).all()
    assert set(rows.y) == {0, 1}


def test_the_label_is_there_as_a_manifest_has_it(rows):
    assert rows.metadata.label == LABEL
    assert (rows.metadata.step_ms, rows.metadata.row) == (1000, "default-1")


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"schema_sha256": "cd" * 32}, "got schema hash cdcd.*, expected abab"),
        ({"label_json": json.dumps({**LABEL, "quantile": 0.8})}, "got label .*0.8.*, expected .*0.9"),
        ({"step_ms": "60000"}, "got step 60000, expected 1000"),
        ({"walk_forward": "{}"}, "got walk-forward"),
    ],
)
def test_files_that_were_made_otherwise_are_refused_with_both_names(dataset, facts, message):
    path = write_day(dataset, "ETH-USD", 1, **facts)
    with pytest.raises(volgate.DatasetError, match=message) as caught:
        volgate.rows(dataset)
    first = dataset / "symbol=BTC%2FUSD" / "date=2026-03-01" / "part-0.parquet"
    assert str(path) in str(caught.value)
    assert str(first) in str(caught.value)


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"schema_sha256": None}, "got no volgate.schema_sha256 in its metadata"),
        ({"dataset_format": "2"}, "dataset_format: got 2, expected 1"),
        ({"label_json": "spike"}, "label_json or volgate.step_ms cannot be read"),
        ({"schema": "another = feature\n"}, "got no column another"),
    ],
)
def test_a_file_that_rows_did_not_write_is_refused(tmp_path, facts, message):
    write_day(tmp_path, "A", 0, **facts)
    with pytest.raises(volgate.DatasetError, match=message):
        volgate.rows(tmp_path)


def test_other_columns_are_refused(dataset):
    write_day(dataset, "ETH-USD", 1, day_table("ETH-USD", 1).append_column("score", pa.array([0.5] * 400)))
    with pytest.raises(volgate.DatasetError, match="got other columns than .*: score"):
        volgate.rows(dataset)


def test_a_file_in_the_folder_of_another_symbol_is_refused_when_it_is_read(tmp_path):
    path = write_day(tmp_path, "A", 0, day_table("B", 0))
    with pytest.raises(volgate.DatasetError, match=f"{path}: got rows of B, expected A as its folder says"):
        volgate.rows(tmp_path).to_arrow()


def test_a_file_in_the_folder_of_another_day_is_refused_when_it_is_read(tmp_path):
    write_day(tmp_path, "A", 0)
    path = write_day(tmp_path, "A", 1, day_table("A", 1).slice(0, 10))
    rows = volgate.rows(tmp_path)
    assert rows.to_arrow(["step"]).column_names == ["step"]
    late = pa.concat_tables([day_table("A", 1), day_table("A", 2).slice(0, 1)])
    for table, found in ((late, "2026-03-03"), (day_table("A", 0), "2026-03-01")):
        write_day(tmp_path, "A", 1, table)
        message = f"{path}: got a row of {found}T00:00:00.00:00, expected 2026-03-02 as its folder says"
        for read in (lambda: rows.to_arrow(["step"]), lambda: volgate.rows(tmp_path).X):
            with pytest.raises(volgate.DatasetError, match=message):
                read()


def test_a_second_file_of_a_symbol_and_day_is_refused(tmp_path):
    path = write_day(tmp_path, "A", 0)
    write_day(tmp_path, "A", 1)
    second = path.with_name("part-1.parquet")
    second.write_bytes(path.read_bytes())
    with pytest.raises(volgate.DatasetError, match=f"{second}: got a second file of A and 2026-03-01, expected {path}"):
        volgate.rows(tmp_path)


def test_folders_without_rows_and_files_at_other_places_are_refused(tmp_path):
    with pytest.raises(volgate.DatasetError, match="got no folder"):
        volgate.rows(tmp_path / "none")
    with pytest.raises(volgate.DatasetError, match="got no Parquet file"):
        volgate.rows(tmp_path)
    path = write_day(tmp_path, "A", 0)
    path.rename(tmp_path / "part-0.parquet")
    with pytest.raises(volgate.DatasetError, match="expected symbol=…/date=YYYY-MM-DD"):
        volgate.rows(tmp_path)
    (tmp_path / "part-0.parquet").unlink()
    path.write_text("no Parquet")
    with pytest.raises(volgate.DatasetError, match="cannot be read as Parquet"):
        volgate.rows(tmp_path)


def test_any_filesystem_of_arrow_will_do(dataset):
    below = pyarrow.fs.SubTreeFileSystem(str(dataset), pyarrow.fs.LocalFileSystem())
    assert volgate.rows("", filesystem=below).symbols == ("BTC/USD", "ETH-USD")
    assert volgate.rows(dataset.as_uri()).symbols == ("BTC/USD", "ETH-USD")
