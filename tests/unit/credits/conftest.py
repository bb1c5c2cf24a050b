"""`state`: an empty state database, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from apportion.database import State


@pytest.fixture(params=["sqlite", "postgresql"])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[State]:
    if request.param == "sqlite":
        made = State.file(tmp_path / "state.db")
    else:
        made = State(cast("str", request.getfixturevalue("postgres")))
    yield made
    made.close()
