"""The examples of docs/python.md run as they stand there, against the gateway that VOLGATE_URL names."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from row_files import write_day

TEXT = (Path(__file__).parents[3] / "docs" / "python.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
URL = "http://127.0.0.1:8787"


@pytest.mark.parametrize("number", range(4))
def test_an_example_runs(number, tmp_path, monkeypatch, capsys):
    code = EXAMPLES[number]
    here = os.environ.get("VOLGATE_URL")
    if URL in code and here is None:
        pytest.skip("VOLGATE_URL names no gateway")
    for day in range(3):
        write_day(tmp_path / "rows", "BTC-USD", day)
    monkeypatch.chdir(tmp_path)
    exec(compile(code.replace(URL, here or URL).replace('"…"', "None"), f"example {number + 1}", "exec"), {})
    printed = capsys.readouterr().out
    expected = ["average|0\\.", "^500 0 0 \\[\\]\n", "^unknown_symbol 404 .*\nunknown_symbol\n", "model -- import"]
    assert re.search(expected[number], printed), printed


def test_the_page_has_these_examples_and_no_other():
    assert len(EXAMPLES) == 4
