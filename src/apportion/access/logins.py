"""Logging in with a password: the same effort and the same answer for everybody whom it does not let in."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.exc import IntegrityError

from apportion.access.audit import Entry
from apportion.access.counting import Counting
from apportion.access.errors import Unauthenticated
from apportion.access.ground import Ground, marks, put_mark
from apportion.access.passwords import Passwords
from apportion.access.people import by_login
from apportion.access.proof import Proven
from apportion.core.times import microseconds
from apportion.database import people

_P = people.c
MISSED = "missed"
"""How often a password was given for a login that is not there, waits or is disabled."""


@dataclass(frozen=True, repr=False)
class ByPassword:
    """A login and a password as somebody typed them; a proof."""

    logins: "Logins"
    login: str
    password: str
    address: str

    def proven(self, now: datetime) -> Proven:
        """Whose account it is. Raises Unauthenticated, or Transient where too many try at once."""
        return self.logins.proven(self, now)


class Logins:
    """Checks passwords, and lets a login wait after wrong ones: twice as long after each further one."""

    def __init__(self, ground: Ground, passwords: Passwords, counting: Counting) -> None:
        self._ground, self._passwords, self._counting = ground, passwords, counting

    def proven(self, given: ByPassword, now: datetime) -> Proven:
        """The account whose password it is."""
        row: Row[Any] | None = None

        def known() -> str | None:
            nonlocal row
            with self._ground.state.read() as con:
                row = by_login(con, given.login)
            return row.password if row and _open(row, now) else None

        def wrong() -> None:
            if row is not None and _open(row, now):
                self._failed(row.login, now)
            else:
                self._missed()

        if self._passwords.fits(known, given.password, wrong) and row is not None:
            return Proven(row.login, row.changed)
        # What was typed as an unknown login may be a password in the wrong field, so it is not told.
        who, kind = (row.login, "person") if row else ("", "unknown")
        self._counting.told(Entry(who, kind, "log_in", "", "refused", given.address), now)
        raise not_let_in()

    def _failed(self, login: str, now: datetime) -> None:
        """Count it, and let the login wait from the number of failures on that settings say."""
        settings = self._ground.settings
        mine = _P.login == login
        with self._ground.state.write() as con:
            con.execute(people.update().where(mine).values(failures=_P.failures + 1))
            failures = con.execute(select(_P.failures).where(mine)).scalar() or 0
            if failures >= settings.failures:
                doubled = settings.wait_seconds * 2 ** min(failures - settings.failures, 20)
                wait = timedelta(seconds=min(doubled, settings.longest_wait_minutes * 60))
                con.execute(people.update().where(mine).values(locked_until=microseconds(now + wait)))

    def _missed(self) -> None:
        """Write as much as for a login that counts, so that how long it takes says nothing."""
        with suppress(IntegrityError), self._ground.state.write() as con:  # two may be the first at once
            put_mark(con, MISSED, str(int(marks(con).get(MISSED, "0")) + 1))


def _open(row: Row[Any], now: datetime) -> bool:
    return row.state == "active" and bool(row.locked_until <= microseconds(now))


def not_let_in() -> Unauthenticated:
    """What everybody hears who is not let in, whatever the reason."""
    return Unauthenticated(
        "Login or password is not right.",
        hint="After several wrong passwords a login waits, longer each time; an owner can open it.",
    )
