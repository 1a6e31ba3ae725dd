"""What several tests start from."""

from __future__ import annotations

import os

# Before the libraries start their threads, which wait for each other on a busy machine.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from row_files import write_day

import volgate


@pytest.fixture
def dataset(tmp_path):
    """Two symbols, one with a slash, of three and two days."""
    for symbol, days in (("BTC/USD", 3), ("ETH-USD", 2)):
        for day in range(days):
            write_day(tmp_path, symbol, day)
    (tmp_path / "_volgate.json").write_text("{}")
    return tmp_path


@pytest.fixture
def rows(dataset):
    return volgate.rows(dataset)
