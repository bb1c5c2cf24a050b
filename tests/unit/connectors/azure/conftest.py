"""A ledger that loads Azure's exports."""

from pathlib import Path

import pytest

from azure_bills import Azure


@pytest.fixture
def azure(tmp_path: Path) -> Azure:
    return Azure(tmp_path)
