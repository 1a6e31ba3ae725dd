"""What a file of rows says of itself in its key-value metadata, and that all files of a dataset say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import DatasetError

PREFIX = "volgate."
# The meaning of columns and keys that this package knows.
DATASET_FORMAT = "1"
NEEDED = ("dataset_format", "row", "schema", "schema_sha256", "label_json", "step_ms", "walk_forward")
FEATURE_LINE = re.compile(r"^([A-Za-z0-9_]+) = ")


@dataclass(frozen=True)
class RowMetadata:
    """How rows were made: `schema_text` defines every feature, `schema_hash` is its SHA-256 in hexadecimal digits.

    `label` is the label spec with a manifest's names, `step_ms` the grid's step, `walk_forward` how the folds were cut.
    """

    schema_text: str
    schema_hash: str
    row: str
    label: Mapping[str, Any]
    step_ms: int
    walk_forward: str

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features, in the order in which the gateway has them."""
        found = (FEATURE_LINE.match(line) for line in self.schema_text.splitlines())
        return tuple(match.group(1) for match in found if match is not None)


def parse_row_metadata(metadata: Mapping[bytes, bytes] | None, path: str) -> RowMetadata:
    """Reads a file's metadata. Raises `DatasetError` for a file that `volgate rows` did not write."""
    values = {key.decode(): value.decode() for key, value in (metadata or {}).items() if key.startswith(b"volgate.")}
    for name in NEEDED:
        if PREFIX + name not in values:
            raise DatasetError(f"{path}: got no {PREFIX}{name} in its metadata, expected a file of `volgate rows`")
    of = {name: values[PREFIX + name] for name in NEEDED}
    if of["dataset_format"] != DATASET_FORMAT:
        raise DatasetError(
            f"{path}: {PREFIX}dataset_format: got {of['dataset_format']}, expected {DATASET_FORMAT}; install the "
            "package that came with the program that wrote it"
        )
    try:
        label = dict(json.loads(of["label_json"]))
        step_ms = int(of["step_ms"])
    except (TypeError, ValueError) as error:
        raise DatasetError(f"{path}: {PREFIX}label_json or {PREFIX}step_ms cannot be read: {error}") from error
    return RowMetadata(of["schema"], of["schema_sha256"], of["row"], label, step_ms, of["walk_forward"])


def expect_same(first: RowMetadata, first_path: str, other: RowMetadata, other_path: str) -> None:
    """Raises `DatasetError` naming both files when their features, labels or folds are not the same."""
    for name, ours, theirs in (
        ("schema hash", first.schema_hash, other.schema_hash),
        ("label", first.label, other.label),
        ("step", first.step_ms, other.step_ms),
        ("walk-forward", first.walk_forward, other.walk_forward),
    ):
        if ours != theirs:
            raise DatasetError(f"{other_path}: got {name} {theirs}, expected {ours} as in {first_path}")
