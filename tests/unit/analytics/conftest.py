import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from small_company import FACTS, small_company


@pytest.fixture(scope="session")
def con():
    return small_company()


@pytest.fixture
def facts():
    return FACTS
