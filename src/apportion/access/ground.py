"""What every part of this room stands on: the state database, and the pepper that holds now."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from apportion.access import pepper
from apportion.access.pepper import Pepper, PepperLost
from apportion.access.settings import AccessSettings
from apportion.core.errors import NotFound
from apportion.database import State, access_marks

FRESH = timedelta(seconds=2)
"""How long what all servers must agree on is believed without looking."""
PEPPER, EMBED = "pepper", "embed"
_LOST = (
    "Put it back from a backup. Or begin anew with 'apportion access rotate pepper': keys and sessions end."
)


@dataclass(frozen=True)
class Held:
    """The pepper, and the key that tokens of embedded pages are signed with."""

    pepper: Pepper
    embed_key: bytes
    generation: str


class Ground:
    """Opens the state database when it is first needed, and knows the secrets."""

    def __init__(
        self,
        state: State,
        directory: Path,
        settings: AccessSettings,
        there: Callable[[], bool],
    ) -> None:
        self.settings, self.directory, self.there = settings, directory, there
        self._state, self._migrated = state, False
        self._lock = threading.Lock()
        self._held: Held | None = None
        self._looked: datetime | None = None

    @property
    def state(self) -> State:
        """The state database in its newest shape; made where there is none."""
        if not self._migrated:
            self._state.migrate()
            self._migrated = True
        return self._state

    def held(self, now: datetime) -> Held:
        """The secrets that hold. PepperLost where the pepper is not the one that things were made with."""
        held, looked = self._held, self._looked
        if held and looked and looked <= now < looked + FRESH:
            return held
        with self._lock:
            self._held, self._looked = self._found(), now
            return self._held

    def pepper_lately(self, now: datetime) -> Pepper | None:
        """The pepper, where it was looked for within the last seconds. Asks no database."""
        held, looked = self._held, self._looked
        return held.pepper if held and looked and looked <= now < looked + FRESH else None

    def forget(self) -> None:
        """Look for the secrets anew when they are next needed."""
        self._looked = None

    def _found(self) -> Held:
        with self.state.read() as con:
            known = marks(con)
        if PEPPER not in known:
            known[PEPPER] = self._begun()
        held = self._held
        found = held.pepper if held and held.pepper.mark == known[PEPPER] else self._read(known[PEPPER])
        generation = known.get(EMBED, "")
        return Held(found, found.derived(f"embed {generation}"), generation)

    def _read(self, mark: str) -> Pepper:
        place = self.settings.pepper.place if self.settings.pepper else f"{pepper.FOLDER}/{pepper.FILE}"
        try:
            found = pepper.read(self.directory, self.settings.pepper)
        except NotFound:
            message = "The pepper that keys and sessions were made with is gone."
            raise PepperLost(message, where=place, hint=_LOST) from None
        if found.mark != mark:
            message = "This is another pepper than keys and sessions were made with."
            raise PepperLost(message, where=place, hint=_LOST)
        return found

    def _begun(self) -> str:
        """The first pepper, made where settings name none, and its mark, which is kept."""
        if self.settings.pepper is None:
            pepper.make(self.directory)
        mark = pepper.read(self.directory, self.settings.pepper).mark
        try:
            with self.state.write() as con:
                con.execute(access_marks.insert().values(name=PEPPER, value=mark))
        except IntegrityError:  # another server was first; with which pepper, it says
            with self.state.read() as con:
                return marks(con)[PEPPER]
        return mark


def marks(con: Connection) -> dict[str, str]:
    """What all servers agree on, by name."""
    return {row.name: row.value for row in con.execute(select(access_marks))}


def put_mark(con: Connection, name: str, value: str) -> None:
    """From now on servers agree on this."""
    changed = con.execute(access_marks.update().where(access_marks.c.name == name).values(value=value))
    if not changed.rowcount:
        con.execute(access_marks.insert().values(name=name, value=value))
