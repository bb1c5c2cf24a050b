"""A workspace that people come into, at a time that tests move on."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import text

from apportion.access import LOCAL, Caller
from apportion.access.audit import AuditRow
from apportion.access.passwords import Passwords
from apportion.access.service import Access
from apportion.access.settings import AccessSettings
from apportion.database import State

PASSWORD = "seven green bicycles"
NOW = datetime(2026, 10, 5, 9, tzinfo=UTC)


def passwords() -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


class Entry:
    """`access`, and short ways to do what examples begin with."""

    def __init__(self, state: State, folder: Path, **settings: Any) -> None:
        self.state, self.folder, self.now = state, folder, NOW
        self.settings = AccessSettings(**settings)
        self._made: list[Access] = []
        self.access = self.other()

    def other(self, **settings: Any) -> Access:
        """Another server over the same state database."""
        given = AccessSettings(**settings) if settings else self.settings
        self._made.append(Access(self.state, self.folder, given, passwords=passwords()))
        return self._made[-1]

    def close(self) -> None:
        """Wait for what all of them write beside."""
        for access in self._made:
            access.close()

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def add(self, login: str = "ana", role: Any = "owner", **more: Any) -> Any:
        return self.access.people.add(LOCAL, login, role, more.pop("password", PASSWORD), self.now, **more)

    def log_in(
        self, login: str = "ana", password: str = PASSWORD, access: Access | None = None, address: str = ""
    ) -> str:
        """What the browser holds."""
        asked = access or self.access
        return asked.log_in(asked.by_password(login, password, address), self.now, address=address)[0]

    def who(self, cookie: str, access: Access | None = None) -> Caller:
        return (access or self.access).identify(None, cookie, self.now)

    def key(self, *scopes: Any, **more: Any) -> Any:
        return self.access.keys.make(LOCAL, "a program", scopes or ("read",), self.now, **more)

    def bearer(self, shown: str, access: Access | None = None) -> Caller:
        return (access or self.access).identify(f"Bearer {shown}", None, self.now)

    def told(self, **asked: Any) -> list[AuditRow]:
        """Rows of the audit log, the oldest first."""
        self.access._beside.wait()
        with self.state.read() as con:
            from apportion.access import audit

            return audit.listed(con, **asked).rows[::-1]

    def everything_kept(self) -> str:
        """All that the state database holds, as one text."""
        with self.state.read() as con:
            tables = ("people", "login_failures", "sessions", "api_keys", "audit", "access_marks")
            return "\n".join(
                str(row) for name in tables for row in con.execute(text(f"SELECT * FROM {name}"))
            )
