"""Logging in with a password: the same effort and the same answer for everybody whom it does not let in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from apportion.access import waiting
from apportion.access.audit import Entry
from apportion.access.counting import Counting
from apportion.access.errors import Unauthenticated
from apportion.access.ground import Ground
from apportion.access.passwords import Passwords
from apportion.access.people import by_login
from apportion.access.proof import Proven
from apportion.core.times import microseconds


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
    """Checks passwords, and lets a login wait after wrong ones, first of all from where they came."""

    def __init__(self, ground: Ground, passwords: Passwords, counting: Counting) -> None:
        self._ground, self._passwords, self._counting = ground, passwords, counting

    def proven(self, given: ByPassword, now: datetime) -> Proven:
        """The account whose password it is."""
        row: Row[Any] | None = None
        taken = False

        def known() -> str | None:
            nonlocal row, taken
            with self._ground.state.read() as con:
                row = by_login(con, given.login)
                waits = waiting.waits(con, row.login if row else "", given.address, now)
            taken = row is not None and _open(row, now) and not waits
            return row.password if row and taken else None

        def wrong() -> None:
            # As much is written for one that does not count, so that how long it takes says nothing.
            login = row.login if row and taken else ""
            with self._ground.state.write() as con:
                waiting.failed(con, login, given.address, self._ground.settings, now)

        if self._passwords.fits(known, given.password, wrong) and row is not None:
            return Proven(row.login, row.changed)
        # What was typed as an unknown login may be a password in the wrong field, so it is not told.
        who, kind = (row.login, "person") if row else ("", "unknown")
        self._counting.told(Entry(who, kind, "log_in", "", "refused", given.address), now)
        raise not_let_in()


def _open(row: Row[Any], now: datetime) -> bool:
    return row.state == "active" and bool(row.locked_until <= microseconds(now))


def not_let_in() -> Unauthenticated:
    """What everybody hears who is not let in, whatever the reason."""
    return Unauthenticated(
        "Login or password is not right.",
        hint="After several wrong passwords a login waits, longer each time; an owner can open it.",
    )
