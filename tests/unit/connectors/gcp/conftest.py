"""A ledger that loads Google Cloud's exports."""

from pathlib import Path

import pytest

from google_bills import Google


@pytest.fixture
def google(tmp_path: Path) -> Google:
    return Google(tmp_path)
