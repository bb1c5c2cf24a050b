"""The demo company, made once for all tests that only look at it."""

import shutil
from pathlib import Path

import pytest
from fernway import Company

from apportion.app import App
from apportion.cli.demo import meter
from apportion.demo import generate


@pytest.fixture(scope="session")
def three_weeks(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Fernway's last 21 days: quick, and with the misconfigured function in them."""
    return _made(tmp_path_factory, 21)


@pytest.fixture(scope="session")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The demo as users get it: 90 days."""
    return _made(tmp_path_factory, 90)


@pytest.fixture(scope="session")
def allocated(quarter: Company, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fernway metered, loaded and allocated, without the truth beside it."""
    return _allocated(tmp_path_factory, quarter)


@pytest.fixture(scope="session")
def allocated_weeks(three_weeks: Company, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of the last 21 days."""
    return _allocated(tmp_path_factory, three_weeks)


def _allocated(factory: pytest.TempPathFactory, company: Company) -> Path:
    directory = factory.mktemp("allocated") / "fernway"
    shutil.copytree(company.directory, directory, ignore=shutil.ignore_patterns("truth.json"))
    meter(App(directory))
    app = App(directory)
    assert not app.ingest_declared().problems
    app.allocate()
    return directory


def _made(factory: pytest.TempPathFactory, days: int) -> Company:
    directory = factory.mktemp("fernway")
    return Company(directory, generate(directory, days=days))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them on one worker: each would make the demo company for itself."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("demo"))
