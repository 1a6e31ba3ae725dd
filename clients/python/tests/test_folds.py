"""Purged folds: which rows each has, and that scikit-learn takes them."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GridSearchCV, cross_val_score

from volgate import PurgedFolds


def listed(folds):
    return [(train.tolist(), test.tolist()) for train, test in folds.split()]


def test_the_example_of_the_doc_comment():
    folds = PurgedFolds([-1, -1, 0, 0, 1], [-1, 0, -1, 1, -1])
    assert listed(folds) == [([0], [2, 3]), ([0, 1, 2], [4])]


def test_a_row_is_trained_on_again_once_its_label_lies_before_the_fold():
    # The second row is purged from folds 0 and 1, which are shorter than the purge.
    folds = PurgedFolds([-1, -1, 0, 1, 2], [-1, 1, 1, 2, -1])
    assert listed(folds) == [([0], [2]), ([0], [3]), ([0, 1, 2], [4])]


def test_folds_with_an_empty_side_are_left_out():
    assert listed(PurgedFolds([0, 0, 2], [-1, -1, -1])) == [([0, 1], [2])]
    assert PurgedFolds([0, 0, 2], [-1, -1, -1]).numbers == [2]
    assert PurgedFolds([-1, -1], [-1, -1]).get_n_splits() == 0


def test_no_training_row_is_purged_from_its_fold_or_later_than_its_test(rows):
    folds = rows.folds()
    fold = np.array(rows.trainable["fold"].to_pylist())
    purge = np.array([-1 if p is None else p for p in rows.trainable["purge"].to_pylist()])
    assert folds.get_n_splits() == len(folds) == 11
    for k, (train, test) in zip(folds.numbers, folds.split(rows.X, rows.y)):
        assert set(fold[test]) == {k}
        assert fold[train].max() < k
        assert purge[train].max() < k
        # Nothing else is left out.
        assert len(train) == ((fold < k) & (purge < k)).sum()


def test_rows_of_another_number_are_refused(rows):
    with pytest.raises(ValueError, match=r"X: got 10 rows, expected the \d+ rows that these folds are of"):
        next(rows.folds().split(rows.X[:10]))
    with pytest.raises(ValueError, match="y: got 3 rows"):
        next(rows.folds().split(rows.X, [0, 1, 0]))


def test_scikit_learn_takes_them_as_cv(rows):
    model = HistGradientBoostingClassifier(max_iter=5)
    scores = cross_val_score(model, rows.X, rows.y, cv=rows.folds(), scoring="average_precision", n_jobs=2)
    assert len(scores) == 11
    assert scores.mean() > rows.y.mean()
    search = GridSearchCV(model, {"max_depth": [1, 2]}, cv=rows.folds()).fit(rows.X, rows.y)
    assert search.n_splits_ == 11


def test_they_can_be_pickled(rows):
    assert listed(pickle.loads(pickle.dumps(rows.folds()))) == listed(rows.folds())
