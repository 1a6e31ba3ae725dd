"""A dataset of rows that `volgate rows` wrote: which of them there are, and their tables, arrays and folds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .errors import DatasetError
from .extras import optional
from .folds import PurgedFolds
from .row_files import RowFile, list_row_files, open_folder
from .row_metadata import RowMetadata, expect_same, parse_row_metadata

# What training needs beside the features.
NEEDED = ("time", "symbol", "label", "eligible", "fold", "purge")


def rows(path: Any, *, filesystem: Any = None) -> Rows:
    """Opens the dataset in a folder that `volgate rows --out` wrote; `path` may be an address such as `s3://…`.

    Reads the footer of each file. Raises `DatasetError` when there is none, when one is none of `volgate rows`, and,
    naming both, when two differ in their schema hash, label, step, walk-forward or columns.
    """
    opened, folder = open_folder(path, filesystem)
    files = list_row_files(opened, folder)
    first, first_schema = read_footer(opened, files[0])
    for file in files[1:]:
        metadata, schema = read_footer(opened, file)
        expect_same(first, files[0].path, metadata, file.path)
        if schema.names != first_schema.names:
            names = ", ".join(sorted(set(schema.names) ^ set(first_schema.names))) or "their order"
            raise DatasetError(f"{file.path}: got other columns than {files[0].path}: {names}")
    expect_columns(first_schema.names, first, files[0].path)
    return Rows(opened, files, first, first_schema.names)


class Rows:
    """Rows of one schema and label, read when they are asked for, by symbol and then by time.

    `symbol` is a column of the files as well as a folder. The column is what tables show; the folder, percent-encoded,
    only says which files to read, and a file whose column says otherwise is refused. The folder `date` is no column,
    and a file with a `time` of another day is refused.
    """

    def __init__(
        self, filesystem: Any, files: Sequence[RowFile], metadata: RowMetadata, columns: Sequence[str]
    ) -> None:
        self._filesystem = filesystem
        self.files = tuple(files)
        self.metadata = metadata
        self.columns = tuple(columns)
        # Names of the features: the columns of `X`, in order.
        self.features = metadata.features

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols, each once, sorted."""
        return tuple(sorted({file.symbol for file in self.files}))

    @property
    def dates(self) -> tuple[date, ...]:
        """The days (UTC) that there are files of, each once, sorted."""
        return tuple(sorted({file.date for file in self.files}))

    def __repr__(self) -> str:
        days = f"{self.dates[0]} to {self.dates[-1]}" if self.files else "none"
        return f"Rows({self.metadata.row}, symbols={list(self.symbols)}, days={days}, files={len(self.files)})"

    def where(
        self,
        symbol: str | Iterable[str] | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
    ) -> Rows:
        """The rows of these symbols and days: from `since` on and before `until`, as dates or `YYYY-MM-DD`.

        Raises `DatasetError` when nothing is left: a misspelt symbol must not look like a calm market.
        """
        names = None if symbol is None else {symbol} if isinstance(symbol, str) else set(symbol)
        first, end = day_of(since, "since"), day_of(until, "until")
        unknown = sorted((names or set()) - set(self.symbols))
        if unknown:
            raise DatasetError(f"symbol: got {unknown[0]}, expected one of {', '.join(self.symbols[:20])}")
        kept = [
            file
            for file in self.files
            if (names is None or file.symbol in names)
            and (first is None or file.date >= first)
            and (end is None or file.date < end)
        ]
        if not kept:
            days = f"{self.dates[0]} to {self.dates[-1]}"
            raise DatasetError(f"since {since}, until {until}: got no file, expected days within {days}")
        return self._with(kept, self.features)

    def only(self, features: Sequence[str]) -> Rows:
        """The same rows with these features in `X`, in this order. Tables keep all columns."""
        unknown = [name for name in features if name not in self.metadata.features]
        if unknown or not features:
            raise DatasetError(f"features: got {', '.join(unknown) or 'none'}, expected columns of {self.metadata.row}")
        return self._with(self.files, features)

    @property
    def filled(self) -> tuple[str, ...]:
        """The features that have a value in any trainable row: a feed without quotes leaves some empty for good."""
        return tuple(name for name, column in zip(self.features, self.X.T) if (column == column).any())

    def _with(self, files: Sequence[RowFile], features: Sequence[str]) -> Rows:
        rows = Rows(self._filesystem, files, self.metadata, self.columns)
        rows.features = tuple(features)
        return rows

    def tables(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """One Arrow table a file: a symbol's day. Only one is in memory at a time."""
        for file in self.files:
            yield read_rows(self._filesystem, file, columns)

    def to_arrow(self, columns: Sequence[str] | None = None) -> pa.Table:
        """All rows, trainable or not, as one Arrow table."""
        return pa.concat_tables(list(self.tables(columns)), promote_options="permissive")

    def to_pandas(self, columns: Sequence[str] | None = None) -> Any:
        """All rows as a pandas frame. Raises `MissingExtraError` without pandas."""
        optional("pandas", "pandas")
        return self.to_arrow(columns).to_pandas()

    def to_polars(self, columns: Sequence[str] | None = None) -> Any:
        """All rows as a Polars frame. Raises `MissingExtraError` without Polars."""
        return optional("polars", "polars").from_arrow(self.to_arrow(columns))

    @cached_property
    def trainable(self) -> pa.Table:
        """The rows of `X`, `y` and the folds: those that are eligible, and labelled `0` or `1`."""
        return pa.concat_tables([keep_trainable(table) for table in self.tables()], promote_options="permissive")

    @cached_property
    def X(self) -> Any:
        """Features of the trainable rows: float32 [rows, features]; a missing value is NaN."""
        np = optional("numpy", "numpy")
        out = np.empty((self.trainable.num_rows, len(self.features)), dtype="float32")
        for j, name in enumerate(self.features):
            out[:, j] = pc.fill_null(self.trainable[name].cast(pa.float32()), float("nan")).to_numpy()
        return out

    @cached_property
    def y(self) -> Any:
        """Labels of the trainable rows: int8 [rows], 1 for a spike."""
        optional("numpy", "numpy")
        return text_column(self.trainable, "label").cast(pa.int8()).to_numpy()

    def folds(self) -> PurgedFolds:
        """The walk-forward of these rows, as `cv` of scikit-learn: with `X=rows.X` and `y=rows.y`."""
        optional("numpy", "numpy")
        fold = self.trainable["fold"].cast(pa.int64()).to_numpy()
        return PurgedFolds(fold, pc.fill_null(self.trainable["purge"].cast(pa.int64()), -1).to_numpy())


def read_footer(filesystem: Any, file: RowFile) -> tuple[RowMetadata, pa.Schema]:
    """A file's metadata and columns. Raises `DatasetError` for a file that is no Parquet."""
    try:
        with filesystem.open_input_file(file.path) as source:
            parquet = pq.ParquetFile(source)
            metadata: Mapping[bytes, bytes] | None = parquet.metadata.metadata
            return parse_row_metadata(metadata, file.path), parquet.schema_arrow.remove_metadata()
    except pa.ArrowInvalid as error:
        raise DatasetError(f"{file.path}: cannot be read as Parquet: {error}") from error


def expect_columns(names: Sequence[str], metadata: RowMetadata, path: str) -> None:
    """Raises `DatasetError` when a column that rows need is not there."""
    for name in (*NEEDED, *metadata.features):
        if name not in names:
            raise DatasetError(f"{path}: got no column {name}, expected one as its schema says")


def read_rows(filesystem: Any, file: RowFile, columns: Sequence[str] | None) -> pa.Table:
    """A file's rows. Raises `DatasetError` when its columns `symbol` and `time` are not what its folders say."""
    wanted = None if columns is None else list(dict.fromkeys([*columns, "symbol", "time"]))
    with filesystem.open_input_file(file.path) as source:
        table = pq.ParquetFile(source).read(columns=wanted).replace_schema_metadata(None)
    missing = [name for name in columns or [] if name not in table.column_names]
    if missing:
        raise DatasetError(f"{file.path}: got no column {missing[0]}, expected some of {', '.join(table.column_names)}")
    found = [name for name in pc.unique(text_column(table, "symbol")).to_pylist() if name != file.symbol]
    if found:
        raise DatasetError(f"{file.path}: got rows of {found[0]}, expected {file.symbol} as its folder says")
    expect_day(table["time"], file)
    return table if columns is None else table.select(list(columns))


def expect_day(times: pa.ChunkedArray, file: RowFile) -> None:
    """Raises `DatasetError` for a time of another day (UTC) than the file's folder says."""
    ends = pc.min_max(times.cast(pa.timestamp("ms", "UTC"), safe=False)).as_py()
    for time in (ends["min"], ends["max"]):
        if time is not None and time.date() != file.date:
            raise DatasetError(f"{file.path}: got a row of {time.isoformat()}, expected {file.date} as its folder says")


def keep_trainable(table: pa.Table) -> pa.Table:
    """The eligible rows whose label is known and not void."""
    is_known = pc.is_in(text_column(table, "label"), value_set=pa.array(["0", "1"]))
    return table.filter(pc.and_(pc.fill_null(table["eligible"], False), is_known))


def text_column(table: pa.Table, name: str) -> pa.ChunkedArray:
    """A column of texts, whether it is written plain or as a dictionary."""
    return table[name].cast(pa.string())


def day_of(value: date | str | None, name: str) -> date | None:
    """A day of the calendar. Raises `ValueError` for other texts and for times, which would name a part of a day."""
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError(f"{name}: got {value}, expected a date as YYYY-MM-DD") from error
