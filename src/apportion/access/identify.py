"""Who makes a request: by a key, a session, or the token of an embedded page."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from apportion.access import keys, people, sessions
from apportion.access.beside import Beside
from apportion.access.caller import Caller
from apportion.access.embedding import Embedding, refused
from apportion.access.errors import Unauthenticated
from apportion.access.ground import Ground
from apportion.core.errors import ApportionError
from apportion.core.times import microseconds, time_of

KEPT = timedelta(seconds=5)
"""So long a key that was good is believed; one that another server revokes opens no longer than that."""
MOST = 10_000
MINUTE = timedelta(minutes=1)


class Identify:
    """Turns what a request shows into a caller. Keys are remembered for seconds; sessions are looked up."""

    def __init__(self, ground: Ground, embedding: Embedding, beside: Beside) -> None:
        self._ground, self._embedding, self._beside = ground, embedding, beside
        self._keys: dict[str, tuple[Caller, datetime, datetime]] = {}
        self._seen: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def caller(self, authorization: str | None, cookie: str | None, now: datetime) -> Caller:
        """Whoever shows these. Raises Unauthenticated."""
        if authorization is not None:
            scheme, _, shown = authorization.partition(" ")
            if scheme.lower() != "bearer":
                raise Unauthenticated("Only 'Authorization: Bearer KEY' is understood here.")
            shown = shown.strip()
            return (
                self._by_key(shown, now) if shown.startswith("apn_") else self._embedding.caller(shown, now)
            )
        if cookie:
            return self._by_session(cookie, now)
        raise Unauthenticated("Nobody is logged in.", hint="Log in, or send 'Authorization: Bearer KEY'.")

    def remembered(self, authorization: str | None, now: datetime) -> Caller | None:
        """Whoever shows a key that is believed, where that takes no looking up."""
        scheme, _, shown = (authorization or "").partition(" ")
        pepper = self._ground.pepper_lately(now)
        if pepper is None or scheme.lower() != "bearer" or not shown.strip().startswith("apn_"):
            return None
        found = self._keys.get(keys.hashed(pepper, shown.strip()))
        return found[0] if found and found[1] <= now < found[2] else None

    def forget(self) -> None:
        """Believe nothing that was looked up before."""
        self._keys = {}

    def _by_key(self, key: str, now: datetime) -> Caller:
        pepper = self._ground.held(now).pepper
        name = keys.hashed(pepper, key)
        if (found := self._keys.get(name)) and found[1] <= now < found[2]:
            return found[0]
        believed = self._keys
        with self._ground.state.read() as con:
            row = keys.holding(con, pepper, key, now)
        if row is None:
            raise refused()
        caller = keys.caller_of(row)
        until = now + KEPT if row.expires is None else min(now + KEPT, time_of(row.expires))
        if len(believed) >= MOST:
            believed.clear()
        believed[name] = caller, now, until
        if row.used is None or row.used <= microseconds(now - MINUTE):
            self._note(row.key_id, now, lambda con: keys.used(con, row.key_id, now))
        return caller

    def _by_session(self, token: str, now: datetime) -> Caller:
        held = self._ground.held(now)
        with self._ground.state.read() as con:
            row = sessions.whose(con, held.pepper, token, self._ground.settings, now)
        if row is None:
            raise refused()
        if row.used <= microseconds(now - MINUTE):
            self._note(row.session, now, lambda con: sessions.used(con, row.session, now))
        return people.caller_of(row)

    def _note(self, name: str, now: datetime, write: Callable[[Connection], object]) -> None:
        """Write beside the request that something was used, not more than once a minute."""
        with self._lock:
            if name in self._seen and self._seen[name] <= now < self._seen[name] + MINUTE:
                return
            if len(self._seen) >= MOST:
                self._seen.clear()
            self._seen[name] = now
        self._beside.do(lambda: self._write(write))

    def _write(self, write: Callable[[Connection], object]) -> None:
        try:
            with self._ground.state.write() as con:
                write(con)
        except ApportionError:
            return  # when it was used last is worth no request; the next minute tries again
