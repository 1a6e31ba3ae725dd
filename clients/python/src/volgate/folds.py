"""Purged walk-forward folds in the form that scikit-learn takes as `cv`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .extras import optional


class PurgedFolds:
    """Splits rows by their columns `fold` and `purge`, as `volgate rows` wrote them.

    Fold k is tested on the rows with `fold == k` and trained on those with `fold < k` whose `purge` is null or less
    than k: a row is purged from a fold when its label could reach into that fold's test rows. Folds of which either
    side is empty are left out; `numbers` has those that are there.

    Example: fold -1, -1, 0, 0, 1 and purge null, 0, null, 1, null give the two splits ([0], [2, 3]) and
    ([0, 1, 2], [4]).
    """

    def __init__(self, fold: Any, purge: Any) -> None:
        """`fold` and `purge` are whole numbers, one a row; a `purge` of null is given as -1."""
        self._np = optional("numpy", "numpy")
        self.fold = self._np.asarray(fold, dtype="int64")
        self.purge = self._np.asarray(purge, dtype="int64")
        if self.fold.shape != self.purge.shape or self.fold.ndim != 1:
            raise ValueError(f"purge: got shape {self.purge.shape}, expected that of fold, {self.fold.shape}")
        candidates = [int(k) for k in self._np.unique(self.fold) if k >= 0]
        self.numbers = [k for k in candidates if len(self.train(k)) > 0]

    def __getstate__(self) -> dict[str, Any]:
        return {"fold": self.fold, "purge": self.purge}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]

    def __len__(self) -> int:
        return len(self.numbers)

    def __repr__(self) -> str:
        return f"PurgedFolds(rows={len(self.fold)}, folds={self.numbers})"

    def train(self, k: int) -> Any:
        """Places of the rows that fold k is trained on, ascending."""
        return self._np.flatnonzero((self.fold < k) & (self.purge < k))

    def test(self, k: int) -> Any:
        """Places of the rows that fold k is tested on, ascending."""
        return self._np.flatnonzero(self.fold == k)

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """How many folds there are."""
        return len(self.numbers)

    def split(self, X: Any = None, y: Any = None, groups: Any = None) -> Iterator[tuple[Any, Any]]:
        """Places of training and test rows, fold by fold.

        Raises `ValueError` when `X` or `y` has another number of rows than the folds: they would be split wrongly.
        """
        for name, values in (("X", X), ("y", y)):
            if values is not None and row_count(values) != len(self.fold):
                raise ValueError(
                    f"{name}: got {row_count(values)} rows, expected the {len(self.fold)} rows that these folds are of"
                )
        for k in self.numbers:
            yield self.train(k), self.test(k)


def row_count(values: Any) -> int:
    """Rows of an array, a frame, a sparse matrix or a list."""
    return int(values.shape[0]) if hasattr(values, "shape") else len(values)
