"""Everything about who comes in, over one state database."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from sqlalchemy import Connection, select

from apportion.access import audit, chain, people, rotating, sessions, waiting
from apportion.access.audit import AuditList, Entry
from apportion.access.beside import Beside
from apportion.access.caller import Caller
from apportion.access.counting import Counting
from apportion.access.embedding import Embedding
from apportion.access.ground import Ground
from apportion.access.identify import Identify
from apportion.access.keys import Keys
from apportion.access.logins import ByPassword, Logins, not_let_in
from apportion.access.passwords import Passwords
from apportion.access.people import People
from apportion.access.proof import Proof, Proven
from apportion.access.settings import AccessSettings
from apportion.access.status import Status, status
from apportion.core.errors import Refused
from apportion.core.times import microseconds
from apportion.database import State
from apportion.database import people as accounts

COOKIE = "apportion_session"
"""The name of the cookie whose value is a session."""

BELIEVED = 1.0
"""So many seconds it is believed that nobody has an account; another process may have added the first."""


class Access:
    """People, keys, sessions, tokens of embedded pages, and the audit log. Safe to use from threads.

    `there` says whether the state database may hold something; before that, asking makes none.
    """

    def __init__(
        self,
        state: State,
        directory: Path,
        settings: AccessSettings,
        *,
        there: Callable[[], bool] | None = None,
        passwords: Passwords | None = None,
    ) -> None:
        self.settings = settings
        self._ground = Ground(state, directory, settings, there or (lambda: True))
        self._beside = Beside()
        self._counting = Counting(self.audit, self._beside)
        known = passwords or Passwords()
        self._logins = Logins(self._ground, known, self._counting)
        self.embedding = Embedding(self._ground)
        self._identify = Identify(self._ground, self.embedding, self._beside)
        self.people = People(self._ground, known, self._forget)
        self.keys = Keys(self._ground, self._identify.forget)
        self._configured, self._nobody_until = False, 0.0

    @property
    def configured(self) -> bool:
        """Whether an active owner exists. From then on nobody comes in unknown, and it stays so."""
        if not self._configured and not self.nobody_lately:
            if self._ground.there():
                with self._ground.state.read() as con:
                    self._configured = people.some_owner(con)
            self._nobody_until = monotonic() + BELIEVED
        return self._configured

    @property
    def nobody_lately(self) -> bool:
        """Whether there was no active owner when last looked, within a second. Asks no database."""
        return not self._configured and monotonic() < self._nobody_until

    def remembered(self, authorization: str | None, now: datetime) -> Caller | None:
        """Who this is, where it is a key that was good within the last seconds. Asks no database."""
        return self._identify.remembered(authorization, now)

    def identify(self, authorization: str | None, cookie: str | None, now: datetime) -> Caller:
        """Who this is: by the header `Authorization: Bearer …`, which is a key or the token of an embedded
        page, or else by the value of the cookie `apportion_session`.

        Raises Unauthenticated, and PepperLost where nothing can be checked. It never gives LOCAL: who comes
        in unknown is the policy point's business.
        """
        self._counting.flush(now)
        return self._identify.caller(authorization, cookie, now)

    def by_password(self, login: str, password: str, address: str = "") -> Proof:
        """What somebody typed, as a proof of who they are."""
        return ByPassword(self._logins, login, password, address)

    def log_in(self, proof: Proof, now: datetime, *, address: str = "") -> tuple[str, Caller]:
        """A new session, as the browser is to hold it, and whose it is. Raises Unauthenticated."""
        proven = proof.proven(now)
        held = self._ground.held(now)
        same = (accounts.c.login == proven.login, accounts.c.changed == proven.changed)
        seen = {"failures": 0, "locked_until": 0, "seen": microseconds(now)}
        with self._ground.state.write() as con:
            put = accounts.update().where(*same, accounts.c.state == "active").values(**seen)
            if not con.execute(put).rowcount:  # changed or disabled since the proof was looked at
                raise not_let_in()
            row = con.execute(select(accounts).where(accounts.c.login == proven.login)).one()
            waiting.opened(con, proven.login, [address])
            token = sessions.begin(con, held.pepper, proven.login, self.settings, now)
            caller = people.caller_of(row)
            audit.record(con, Entry.of(caller, "log_in", address=address), now)
        return token, caller

    def log_out(self, cookie: str, now: datetime, *, address: str = "") -> None:
        """End a session; one that is over already stays so."""
        if not self._ground.there():
            return
        held = self._ground.held(now)
        with self._ground.state.write() as con:
            if login := sessions.end(con, held.pepper, cookie):
                audit.record(con, Entry(login, "person", "log_out", address=address), now)

    def change_password(
        self, by: Caller, old: str, new: str, now: datetime, *, address: str = ""
    ) -> tuple[str, Caller]:
        """Whoever knows the old password gives a new one; all sessions end, and one begins, which is given.

        Raises Unauthenticated for a wrong old one, BadInput for a new one that the rules do not take.
        """
        if by.kind != "person":
            raise Refused("Only a person has a password.", hint="Log in as the person whose it is.")
        proven = self.by_password(by.name, old, address).proven(now)
        changed = self.people.change_own(proven, by, new, now, address=address)
        return self.log_in(_Already(changed), now, address=address)

    def refused(
        self,
        action: str,
        now: datetime,
        *,
        by: Caller | None = None,
        target: str = "",
        address: str = "",
        why: str = "",
    ) -> None:
        """Tell the audit log that somebody was not let in, or not let do something; repeats are summed.

        `action` is the name of the route. Whoever is refused hears of no trouble with the log.
        """
        detail = {"why": why} if why else {}
        who, kind = (by.name, by.kind) if by else ("", "unknown")
        self._counting.told(Entry(who, kind, action, target, "refused", address, detail), now)

    def audit(self, entry: Entry, now: datetime, con: Connection | None = None) -> None:
        """Add a row to the audit log: in the transaction of the change, as its last part, or in its own."""
        if con is not None:
            audit.record(con, entry, now)
            return
        with self._ground.state.write() as own:
            audit.record(own, entry, now)

    def audited(
        self,
        *,
        who: str = "",
        action: str = "",
        outcome: str = "",
        since: datetime | None = None,
        cursor: str = "",
        limit: int = 100,
    ) -> AuditList:
        """A page of the audit log, the newest first. Raises BadInput for a cursor that is none."""
        self._counting.flush(datetime.now(UTC))
        self._beside.wait()
        asked = {"who": who, "action": action, "outcome": outcome, "since": since, "cursor": cursor}
        if not self._ground.there():
            return AuditList(head=f"0:{audit.START}", rows=[], next_cursor=None)
        with self._ground.state.read() as con:
            return audit.listed(con, **asked, limit=limit)  # type: ignore[arg-type]

    def verify_audit(self, kept_head: str = "") -> chain.Verified:
        """Whether the audit log is what was written. Raises BadInput for a head that is none."""
        with self._ground.state.read() as con:
            return chain.verify(con, kept_head)

    def status(self, now: datetime) -> Status:
        """How it stands, at a glance."""
        return status(self._ground, now)

    def rotate_pepper(self, by: Caller, now: datetime) -> int:
        """Begin anew with another pepper: how many keys were revoked; sessions and tokens end, too."""
        revoked = rotating.rotate_pepper(self._ground, by, now)
        self._identify.forget()
        return revoked

    def _forget(self) -> None:
        self._identify.forget()
        self._nobody_until = 0.0

    def close(self) -> None:
        """Write what waits to be written."""
        self._counting.flush(datetime.now(UTC), always=True)
        self._beside.wait()


class _Already:
    """A proof of somebody who just gave a new password."""

    def __init__(self, proven: Proven) -> None:
        self._proven = proven

    def proven(self, now: datetime) -> Proven:  # noqa: ARG002
        return self._proven
