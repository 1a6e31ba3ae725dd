"""The files of a dataset: `symbol=<percent-encoded>/date=YYYY-MM-DD/….parquet` below one folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import unquote

import pyarrow.fs

from .errors import DatasetError

LAYOUT = re.compile(r"^symbol=([^/]+)/date=(\d{4}-\d\d-\d\d)/[^/]+\.parquet$")


@dataclass(frozen=True)
class RowFile:
    """One file: where it is, and what its folders say that it holds."""

    path: str
    symbol: str
    date: date


def open_folder(path: Any, filesystem: Any = None) -> tuple[Any, str]:
    """The filesystem of a folder and the folder's path in it. An address such as `s3://…` brings its own."""
    text = str(path)
    if filesystem is not None:
        return filesystem, text.rstrip("/")
    if "://" in text:
        found, inside = pyarrow.fs.FileSystem.from_uri(text)
        return found, inside.rstrip("/")
    return pyarrow.fs.LocalFileSystem(), text.rstrip("/") or "/"


def list_row_files(filesystem: Any, folder: str) -> list[RowFile]:
    """All files of a dataset, by symbol and then by date. Names that begin with `.` or `_` are left out.

    Raises `DatasetError` for a folder without any, for a Parquet file at another place, and for a second one of a
    symbol and day, whose rows would count twice.
    """
    try:
        found = filesystem.get_file_info(pyarrow.fs.FileSelector(folder, recursive=True))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DatasetError(f"{folder}: got no folder, expected one that `volgate rows --out` wrote") from error
    files = []
    for info in found:
        inside = info.path[len(folder) :].lstrip("/")
        hidden = any(part.startswith((".", "_")) for part in inside.split("/"))
        if info.type != pyarrow.fs.FileType.File or hidden or not inside.endswith(".parquet"):
            continue
        files.append(parse_row_file(info.path, inside))
    if not files:
        raise DatasetError(f"{folder}: got no Parquet file, expected symbol=…/date=…/part-0.parquet")
    files.sort(key=lambda file: (file.symbol, file.date, file.path))
    for one, other in zip(files, files[1:]):
        if (one.symbol, one.date) == (other.symbol, other.date):
            raise DatasetError(
                f"{other.path}: got a second file of {one.symbol} and {one.date}, expected {one.path} alone"
            )
    return files


def parse_row_file(path: str, inside: str) -> RowFile:
    """Symbol and date of a file by its place below the dataset's folder."""
    match = LAYOUT.match(inside)
    if match is None:
        raise DatasetError(f"{path}: got this place, expected symbol=…/date=YYYY-MM-DD/….parquet below the folder")
    try:
        return RowFile(path, unquote(match.group(1)), date.fromisoformat(match.group(2)))
    except ValueError as error:
        raise DatasetError(f"{path}: got the date {match.group(2)}, expected a day of the calendar") from error
