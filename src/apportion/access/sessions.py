"""Sessions of people in a browser: a random number there, a keyed hash of it here."""

import re
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from apportion.access.pepper import Pepper
from apportion.access.settings import AccessSettings
from apportion.core.times import microseconds
from apportion.database import people, sessions

MOST = 100
"""Sessions that one person has at once; a new one ends the oldest."""
MINUTE = timedelta(minutes=1)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_S = sessions.c


def begin(con: Connection, pepper: Pepper, login: str, settings: AccessSettings, now: datetime) -> str:
    """A new session of a person: what the browser holds, 256 random bits. Those that are over go."""
    token, stamp = secrets.token_urlsafe(32), microseconds(now)
    con.execute(delete(sessions).where(_S.expires <= stamp))
    newest = select(_S.session).where(_S.login == login).order_by(_S.created.desc(), _S.session)
    kept = con.execute(newest.limit(MOST - 1)).scalars().all()
    con.execute(delete(sessions).where(_S.login == login, _S.session.not_in(kept)))
    until = microseconds(now + timedelta(hours=settings.session_hours))
    row = {"session": hashed(pepper, token), "login": login, "created": stamp, "seen": stamp}
    con.execute(sessions.insert().values(**row, expires=until))
    return token


def whose(
    con: Connection, pepper: Pepper, token: str, settings: AccessSettings, now: datetime
) -> Row[Any] | None:
    """The active account whose session it is, with `session` and its `used`; None where it does not hold."""
    if not _TOKEN.fullmatch(token):
        return None
    idle = microseconds(now - timedelta(hours=settings.idle_hours))
    asked = (
        select(people, _S.session, _S.seen.label("used"))
        .join(sessions, _S.login == people.c.login)
        .where(_S.session == hashed(pepper, token), _S.expires > microseconds(now), _S.seen > idle)
        .where(people.c.state == "active")
    )
    return con.execute(asked).first()


def used(con: Connection, session: str, now: datetime) -> None:
    """It was used now."""
    stamp = microseconds(now)
    con.execute(sessions.update().where(_S.session == session, _S.seen < stamp).values(seen=stamp))


def end(con: Connection, pepper: Pepper, token: str) -> str:
    """End one session; whose it was, '' where it was none."""
    if not _TOKEN.fullmatch(token):
        return ""
    this = _S.session == hashed(pepper, token)
    login = con.execute(select(_S.login).where(this)).scalar()
    con.execute(delete(sessions).where(this))
    return login or ""


def end_all(con: Connection, login: str) -> None:
    """End every session of a person."""
    con.execute(delete(sessions).where(_S.login == login))


def hashed(pepper: Pepper, token: str) -> str:
    """What is kept of a session."""
    return pepper.keyed("session", token)
