"""Without the optional libraries everything that does not need them works, and the rest names what brings them."""

from __future__ import annotations

import sys

import pytest

import volgate


@pytest.mark.parametrize(
    ("module", "extra", "use"),
    [
        ("numpy", "numpy", lambda rows: rows.X),
        ("numpy", "numpy", lambda rows: rows.y),
        ("numpy", "numpy", lambda rows: rows.folds()),
        ("pandas", "pandas", lambda rows: rows.to_pandas()),
        ("polars", "polars", lambda rows: rows.to_polars()),
    ],
)
def test_a_missing_library_is_named_with_its_extra(rows, monkeypatch, module, extra, use):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(volgate.MissingExtraError, match=rf"{module} is not installed: pip install '.*\[{extra}\]'"):
        use(rows)
    assert rows.to_arrow(["step"]).num_rows == 2000


def test_a_missing_converter_is_named_before_anything_is_written(rows, monkeypatch, tmp_path):
    from lightgbm import LGBMClassifier

    model = LGBMClassifier(n_estimators=2, verbose=-1).fit(rows.X, rows.y)
    monkeypatch.setitem(sys.modules, "onnxmltools", None)
    with pytest.raises(volgate.MissingExtraError, match=r"onnxmltools is not installed: .*\[lightgbm\]"):
        volgate.export(model, rows, tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


def test_the_runtime_is_optional(rows, monkeypatch, tmp_path):
    from lightgbm import LGBMClassifier

    model = LGBMClassifier(n_estimators=2, verbose=-1).fit(rows.X, rows.y)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert volgate.export(model, rows, tmp_path / "mine").max_difference is None
