"""Connections to PostgreSQL that ended while nobody used them: a server restarted, or a proxy lost patience."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text

from apportion.core.errors import Transient
from apportion.database import State
from apportion.database import state as module
from servers.databases import Postgres


@pytest.fixture
def state(postgres_server: Postgres) -> Iterator[State]:
    made = State(postgres_server.url())
    yield made
    made.close()


def ended(state: State, server: Postgres) -> None:
    """The server ends the connection that `state` has put back."""
    with state.read() as con:
        pid = con.execute(text("SELECT pg_backend_pid()")).scalar()
    with psycopg.connect(server.url(), autocommit=True) as other:
        assert other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid]).fetchone() == (True,)


def test_one_that_idled_is_replaced_unseen(
    state: State, postgres_server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(state, postgres_server)
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.0)

    with state.write() as con:
        assert con.execute(text("SELECT 1")).scalar() == 1


def test_one_that_was_just_used_says_to_try_again_and_that_works(
    state: State, postgres_server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IDLE_SECONDS", 60.0)
    ended(state, postgres_server)

    with pytest.raises(Transient, match="did not answer"), state.write() as con:
        con.execute(text("SELECT 1"))

    with state.write() as con:
        assert con.execute(text("SELECT 1")).scalar() == 1
