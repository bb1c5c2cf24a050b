"""An SQL database: opened through SQLAlchemy by an address that nobody gets to see."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from apportion.core.errors import ApportionError, BadInput, NotFound, Transient
from apportion.core.settings import Secret

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

# SQLAlchemy takes long to import, and few commands need it.
# ruff: noqa: PLC0415

_LONGEST = 300
_INSTALL = "Run: pip install 'apportion[sql]'"


@dataclass(frozen=True)
class Database:
    """The database whose address `url` tells; paths are relative to `directory`."""

    url: Secret
    directory: Path

    @cached_property
    def place(self) -> str:
        """What people are told: system, host and database, without user, password and options."""
        found = self._address
        port = f":{found.port}" if found.port else ""
        system = found.drivername.partition("+")[0]
        return f"{system}://{found.host or ''}{port}/{found.database or ''} ({self.url.place})"

    @contextmanager
    def connected(self) -> Iterator["Connection"]:
        """A connection that reads only, where the system can promise it, and whose time zone is UTC.

        Transient where it cannot be reached, BadInput where a query cannot be answered; no message has the
        password in it, nor anything else of the address but its `place`.
        """
        from sqlalchemy.exc import DBAPIError, InvalidRequestError

        engine = self._engine()
        try:
            with self._reached(engine) as con:
                try:
                    yield con
                except DBAPIError as why:
                    raise self._refused(why) from None
                except InvalidRequestError:
                    raise BadInput(
                        "The query answers no rows.", where=self.place, hint="Write one SELECT."
                    ) from None
        finally:
            engine.dispose()

    def moment(self, day: date) -> Any:
        """The beginning of a day (UTC) as the system compares it with its times."""
        system = self._address.get_backend_name()
        if system == "sqlite":
            return day.isoformat()  # times are text there, and this is less than any time of the day
        start = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return start if system in ("postgresql", "cockroachdb") else start.replace(tzinfo=None)

    @contextmanager
    def _reached(self, engine: "Engine") -> Iterator["Connection"]:
        from sqlalchemy.exc import DBAPIError

        try:
            con = engine.connect()
        except DBAPIError as why:
            raise Transient(
                f"The database cannot be reached: {self._said(why)}",
                where=self.place,
                hint=f"Look at the address in {self.url.place}, and whether the database lets you in.",
            ) from None
        with con:
            for prepare in _PREPARED.get(engine.dialect.name, ()):
                con.exec_driver_sql(prepare)
            yield con

    def _engine(self) -> "Engine":
        from sqlalchemy import create_engine, pool
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError

        try:
            return create_engine(self._address, poolclass=pool.NullPool, hide_parameters=True)
        except (ModuleNotFoundError, NoSuchModuleError, ArgumentError) as why:
            lacks = f" ({why.name})" if isinstance(why, ModuleNotFoundError) else ""
            raise BadInput(
                f"There is no driver for {self._address.drivername}{lacks}.",
                where=self.url.place,
                hint=f"{_INSTALL} for PostgreSQL; other systems need their own SQLAlchemy driver.",
            ) from None

    @cached_property
    def _address(self) -> "URL":
        text = self.url.read(self.directory)
        try:
            from sqlalchemy.engine import make_url
            from sqlalchemy.exc import ArgumentError
        except ModuleNotFoundError:
            raise BadInput("SQLAlchemy is not installed.", where="connector sql", hint=_INSTALL) from None
        try:
            found = make_url(text)
        except (ArgumentError, ValueError):
            raise BadInput(
                "This is no address of a database.",
                where=self.url.place,
                hint="Write it like postgresql://USER:PASSWORD@HOST:5432/DATABASE.",
            ) from None
        if found.drivername in ("postgresql", "postgres"):
            found = found.set(drivername="postgresql+psycopg")
        if found.get_backend_name() == "sqlite":
            found = self._sqlite(found)
        return found

    def _sqlite(self, found: "URL") -> "URL":
        """SQLite would make a database that is not there."""
        path = self.directory / (found.database or "")
        if not path.is_file():
            raise NotFound("There is no such SQLite database.", where=str(path), hint="Check the path.")
        return found.set(database=str(path))

    def _refused(self, why: Any) -> ApportionError:
        if getattr(why, "connection_invalidated", False):
            return Transient(
                f"The connection was lost: {self._said(why)}", where=self.place, hint="Run it again later."
            )
        return BadInput(
            f"The database refuses the query: {self._said(why)}",
            where=self.place,
            hint="Try the query in the database itself, with times in the place of :from and :to.",
        )

    def _said(self, why: Any) -> str:
        """The driver's own words, without what is secret in the address."""
        lines = str(why.orig or type(why).__name__).splitlines()
        text = lines[0].strip() if lines else type(why.orig).__name__
        for secret in self._secrets():
            text = text.replace(secret, "***")
        return text[:_LONGEST].rstrip(".") + "."

    def _secrets(self) -> list[str]:
        found = self._address
        values = [v for value in found.query.values() for v in ([value] if isinstance(value, str) else value)]
        secrets = [s for s in (self.url.read(self.directory), str(found.password or ""), *values) if s]
        forms: list[Callable[[str], str]] = [str, quote, quote_plus]
        return sorted({form(s) for s in secrets for form in forms if len(s) > 2}, key=len, reverse=True)


_PREPARED = {
    "postgresql": ("SET TRANSACTION READ ONLY", "SET TIME ZONE 'UTC'"),
    "sqlite": ("PRAGMA query_only = ON",),
}
