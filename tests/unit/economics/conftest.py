"""The small company, for every test that asks it something."""

import duckdb
import pytest

from apportion.analytics.models import Facts
from unit.analytics.small_company import FACTS, small_company


@pytest.fixture(scope="session")
def con() -> duckdb.DuckDBPyConnection:
    return small_company()


@pytest.fixture
def facts() -> Facts:
    return FACTS
