"""`state`: an empty state database, SQLite and PostgreSQL; `desk`: budgets over one."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from apportion.database import State
from budgets_kept import Desk


@pytest.fixture(params=["sqlite", "postgresql"])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[State]:
    """An empty state database."""
    if request.param == "sqlite":
        made = State.file(tmp_path / "state.db")
    else:
        made = State(cast("str", request.getfixturevalue("postgres")))
    yield made
    made.close()


@pytest.fixture
def desk(state: State) -> Iterator[Callable[..., Desk]]:
    """Takes budgets as the file declares them and gives a company that spends."""
    made: list[Desk] = []

    def make(**budgets: Any) -> Desk:
        made.append(Desk(state, budgets))
        return made[-1]

    yield make
    for one in made:
        one.meter.close()
