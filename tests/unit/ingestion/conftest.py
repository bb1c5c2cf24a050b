"""A ledger to load into."""

from pathlib import Path

import pytest

from ingestion_bills import Loader


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return Loader(tmp_path)
