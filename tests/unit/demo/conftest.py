"""The demo company, made once for all tests that only look at it."""

import pytest
from fernway import Company

from apportion.demo import generate


@pytest.fixture(scope="session")
def three_weeks(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Fernway's last 21 days: quick, and with the misconfigured function in them."""
    return _made(tmp_path_factory, 21)


@pytest.fixture(scope="session")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The demo as users get it: 90 days."""
    return _made(tmp_path_factory, 90)


def _made(factory: pytest.TempPathFactory, days: int) -> Company:
    directory = factory.mktemp("fernway")
    return Company(directory, generate(directory, days=days))
