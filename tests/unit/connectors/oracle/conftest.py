"""A ledger that loads Oracle's reports."""

from pathlib import Path

import pytest

from oracle_bills import Oracle


@pytest.fixture
def oracle(tmp_path: Path) -> Oracle:
    return Oracle(tmp_path)
