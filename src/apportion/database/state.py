"""One database of operational state: how it is opened, and brought to the newest shape."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from apportion.core.errors import BadInput, Transient

BUSY_SECONDS = 30
IDLE_SECONDS = 1.0
"""A connection to a server that nobody used for so long is asked whether it is still there."""
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
"""FULL: what is committed survives the loss of power, too."""


class State:
    """The state database at `url`; safe to use from threads. Nothing is opened before it is asked for."""

    def __init__(self, url: str) -> None:
        try:
            self.url: URL = make_url(url)
        except ArgumentError:
            raise BadInput(
                "this is no address of a database",
                where="database.url",
                hint="Write sqlite:///state.db or postgresql://user@host/name.",
            ) from None
        if self.url.drivername == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.engine = self._engine()

    @classmethod
    def file(cls, path: Path) -> "State":
        """SQLite in a file, which is made where it is missing."""
        return cls(URL.create("sqlite", database=str(path)).render_as_string())

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    def migrate(self, revision: str = "head") -> None:
        """Bring the tables to a revision, or with 'base' back to nothing. Raises Transient without one."""
        if revision == "head" and self._newest():
            return
        from alembic import command  # noqa: PLC0415  takes long, and is rarely needed
        from alembic.config import Config  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", "apportion.database:migrations")
        with self.write() as con:
            config.attributes["connection"] = con
            (command.downgrade if revision == "base" else command.upgrade)(config, revision)

    def _newest(self) -> bool:
        """Whether the tables have the newest shape already."""
        with self.read() as con:
            if not inspect(con).has_table("alembic_version"):
                return False
            return con.execute(text("SELECT version_num FROM alembic_version")).scalar() == newest_revision()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes; committed at the end, undone by an error."""
        with (
            self._reached(),
            self.engine.connect().execution_options(apportion_write=True) as con,
            con.begin(),
        ):
            yield con

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state and writes nothing."""
        with self._reached(), self.engine.connect() as con:
            yield con

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as why:
            raise Transient(
                f"the state database did not answer: {str(why.orig).splitlines()[0]}",
                where=self.url.render_as_string(hide_password=True),
                hint="Nothing of this was kept; try again once it does.",
            ) from None

    def _engine(self) -> Engine:
        if not self.is_sqlite:
            engine = create_engine(self.url)
            event.listen(engine, "checkin", _put_back)
            event.listen(engine, "checkout", _still_there)
            return engine
        engine = create_engine(self.url, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        return engine


@cache
def newest_revision() -> str:
    """The last of the migrations, whose files are named by their revision: `m0002_requests.py`."""
    names = [file.name for file in files("apportion.database.migrations.versions").iterdir()]
    return max(name[1:5] for name in names if name.startswith("m0") and name.endswith(".py"))


def _prepare(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions begin where we say so, not at the first INSERT
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _put_back(_: object, record: ConnectionPoolEntry) -> None:
    record.info["used"] = time.monotonic()


def _still_there(connection: Any, record: ConnectionPoolEntry, _: object) -> None:
    """Asking at each use, as the pool itself would, is one of five ways to the server for a reservation."""
    if time.monotonic() - record.info.get("used", time.monotonic()) < IDLE_SECONDS:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except connection.OperationalError as why:
        raise DisconnectionError from why  # the pool opens another


def _begin(con: Connection) -> None:
    """A writer waits for its turn at the start, where waiting works: SQLite refuses one that reads first."""
    write = con.get_execution_options().get("apportion_write")
    con.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
