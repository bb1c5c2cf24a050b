"""Fixtures that tests of several rooms share."""

from pathlib import Path

import pytest

from books import Books

pytest_plugins = ["servers.fixtures"]


@pytest.fixture
def books(tmp_path: Path) -> Books:
    """An empty ledger to fill."""
    return Books(tmp_path)
