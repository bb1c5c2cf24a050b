"""`state`: a state database in its newest shape, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from apportion.database import State


@pytest.fixture(params=["sqlite", "postgresql"])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[State]:
    """An empty state database."""
    if request.param == "sqlite":
        made = State.file(tmp_path / "state.db")
    else:
        made = State(cast("str", request.getfixturevalue("postgres")))
    made.migrate()
    yield made
    made.close()
