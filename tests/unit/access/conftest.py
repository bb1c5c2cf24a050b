"""`entry`: who may come in, on SQLite and on PostgreSQL, with hashes of passwords that take little effort."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, cast

import psycopg
import pytest

from apportion.database import State, access_marks, api_keys, audit, login_failures, people, sessions
from unit.access.entry import Entry

if TYPE_CHECKING:
    from servers.databases import Postgres

_numbers = count()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept_state(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    """A state database for the tests of a file."""
    if request.param == "sqlite":
        made = State.file(tmp_path_factory.mktemp("access") / "state.db")
    else:
        server = cast("Postgres", request.getfixturevalue("postgres_server"))
        name = f"access_{next(_numbers)}"
        with psycopg.connect(server.url(), autocommit=True) as con:
            con.execute(f"CREATE DATABASE {name}")
        made = State(server.url(name))
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def state(kept_state: State) -> State:
    """The state database, in which nobody has an account."""
    with kept_state.write() as con:
        for table in (access_marks, api_keys, audit, login_failures, people, sessions):
            con.execute(table.delete())
    return kept_state


@pytest.fixture
def entry(state: State, tmp_path: Path) -> Iterator[Entry]:
    made = Entry(state, tmp_path)
    yield made
    made.close()
