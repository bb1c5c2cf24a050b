"""Accounts of people: who there is, as what, and with which password."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Row, func, select
from sqlalchemy.exc import IntegrityError

from apportion.access import audit, sessions, waiting
from apportion.access.audit import Entry
from apportion.access.caller import ROLES, Caller, Role, Tenant
from apportion.access.ground import Ground
from apportion.access.passwords import Passwords
from apportion.access.permits import line, may_give, need, tenant_of
from apportion.access.proof import Proven
from apportion.core.errors import BadInput, NotFound, Refused
from apportion.core.times import microseconds, time_of, time_or_none
from apportion.database import people

PersonState = Literal["active", "disabled"]
LOGIN = re.compile(r"[a-z0-9][a-z0-9._+@-]{0,119}")
_P = people.c


class Person(BaseModel):
    """An account."""

    model_config = ConfigDict(frozen=True)

    login: str = Field(examples=["ana@example.com"])
    name: str = Field(examples=["Ana Souza"])
    role: Role
    tenant: str = Field(description="The one team or customer of somebody of such a role, else empty.")
    state: PersonState
    created: datetime
    seen: datetime | None = Field(description="When somebody logged in last.")
    waits_until: datetime | None = Field(
        description="Until when no password is taken: from anywhere, or from an address that wrong ones came "
        "from, whichever is later."
    )


class PersonList(BaseModel):
    """Accounts, by login."""

    model_config = ConfigDict(frozen=True)

    people: list[Person]
    next_cursor: str | None


class People:
    """The accounts of a workspace. `by` is whoever does something, who needs the scope `people`."""

    def __init__(self, ground: Ground, passwords: Passwords, changed: Callable[[], None]) -> None:
        self._ground, self._passwords, self._changed = ground, passwords, changed

    def listed(self, now: datetime, *, cursor: str = "", limit: int = 100) -> PersonList:
        """A page of accounts."""
        if not self._ground.there():
            return PersonList(people=[], next_cursor=None)
        asked = select(people).where(_P.login > cursor.replace("\0", "")).order_by(_P.login).limit(limit + 1)
        with self._ground.state.read() as con:
            found = _told(con, con.execute(asked).all(), now)
        more = found[limit - 1].login if len(found) > limit else None
        return PersonList(people=found[:limit], next_cursor=more)

    def add(
        self,
        by: Caller,
        login: str,
        role: Role,
        password: str,
        now: datetime,
        *,
        name: str = "",
        tenant: str = "",
        address: str = "",
    ) -> Person:
        """A new account; the first is an owner's. BadInput, Forbidden, Refused where the login is taken."""
        login = _login(login)
        name = line(name, "name") if name.strip() else login
        tenant = line(tenant, "tenant") if tenant.strip() else ""
        need(by, "people")
        may_give(by, ROLES[role], tenant_of(role, tenant))
        hashed = self._passwords.hashed(login, password)
        stamp = microseconds(now)
        row: dict[str, Any] = {
            "login": login,
            "name": name,
            "role": role,
            "tenant": tenant,
            "password": hashed,
        }
        row |= {"state": "active", "failures": 0, "locked_until": 0, "created": stamp, "changed": stamp}
        entry = Entry.of(by, "add_person", login, address=address, role=role, tenant=tenant)
        try:
            with self._ground.state.write() as con:
                if role != "owner" and not _owners(con):
                    hint = "Add an owner first: somebody has to be able to let others in."
                    raise Refused("The first account is an owner's.", where="role", hint=hint)
                con.execute(people.insert().values(**row))
                [made] = _told(con, [_one(con, login)], now)
                audit.record(con, entry, now)
        except IntegrityError:
            raise Refused(f"There is an account '{login}' already.", hint="Change that one.") from None
        self._changed()
        return made

    def change(
        self,
        by: Caller,
        login: str,
        now: datetime,
        *,
        name: str | None = None,
        role: Role | None = None,
        tenant: str | None = None,
        state: PersonState | None = None,
        password: str | None = None,
        address: str = "",
    ) -> Person:
        """Change what is given; all but a name ends the sessions. A password opens a login that waits.

        Raises NotFound; BadInput; Forbidden where more is given or taken than `by` has; Refused where nobody
        would be left who can let others in.
        """
        need(by, "people")
        login = login.strip().lower()
        hashed = None if password is None else self._passwords.hashed(login, password)
        with self._ground.state.write() as con:
            owners = _owners(con)
            known = _one(con, login)
            may_give(by, ROLES[known.role], tenant_of(known.role, known.tenant))
            new = _altered(known, name, role, tenant, state)
            may_give(by, ROLES[new["role"]], tenant_of(new["role"], new["tenant"]))
            if owners == {login} and (new["role"], new["state"]) != ("owner", "active"):
                hint = "Make somebody else an owner first."
                raise Refused(f"'{login}' is the last owner.", hint=hint)
            words: list[str] = sorted(field for field, value in new.items() if value != getattr(known, field))
            if hashed is not None:
                new |= {"password": hashed, "failures": 0, "locked_until": 0}
                words.append("password")
                waiting.opened(con, login)
            ends = bool(words) and words != ["name"]
            if ends:
                new["changed"] = _later(known.changed, now)
            con.execute(people.update().where(_P.login == login).values(**new))
            if ends:  # after the account has changed, so that whoever logs in now finds it changed
                sessions.end_all(con, login)
            [made] = _told(con, [_one(con, login)], now)
            shown = {word: new[word] for word in words if word != "password"}
            told_of = Entry.of(by, "change_person", login, address=address, changed=words, **shown)
            audit.record(con, told_of, now)
        self._changed()
        return made

    def change_own(self, proven: Proven, by: Caller, new: str, now: datetime, *, address: str = "") -> Proven:
        """Whoever proved to be somebody gives a new password; all sessions end. The account as it is then.

        Raises BadInput for a password that rules do not take.
        """
        hashed = self._passwords.hashed(proven.login, new)
        changed = _later(proven.changed, now)
        given = {"password": hashed, "changed": changed, "failures": 0, "locked_until": 0}
        with self._ground.state.write() as con:
            same = (_P.login == proven.login, _P.changed == proven.changed, _P.state == "active")
            if not con.execute(people.update().where(*same).values(**given)).rowcount:
                raise Refused("The account was changed meanwhile.", hint="Log in again.")
            waiting.opened(con, proven.login)
            sessions.end_all(con, proven.login)
            audit.record(con, Entry.of(by, "change_password", proven.login, address=address), now)
        return Proven(proven.login, changed)


def _told(con: Connection, rows: Sequence[Row[Any]], now: datetime) -> list[Person]:
    """Accounts as others may see them."""
    somewhere = waiting.somewhere(con, [row.login for row in rows], now)
    return [_person(row, max(row.locked_until, somewhere.get(row.login, 0)), now) for row in rows]


def _person(row: Row[Any], locked_until: int, now: datetime) -> Person:
    waits = locked_until if locked_until > microseconds(now) else None
    return Person(
        login=row.login,
        name=row.name,
        role=row.role,
        tenant=row.tenant,
        state=row.state,
        created=time_of(row.created),
        seen=time_or_none(row.seen),
        waits_until=time_or_none(waits),
    )


def caller_of(row: Row[Any]) -> Caller:
    """What a person may see and do."""
    tenant: Tenant | None = tenant_of(row.role, row.tenant)
    return Caller(row.login, "person", ROLES[row.role], tenant, row.role)


def by_login(con: Connection, login: str, *, held: bool = False) -> Row[Any] | None:
    """The row of an account, however the login is written; `held`, nobody else changes it meanwhile."""
    known = login.strip().lower()
    if not LOGIN.fullmatch(known):
        return None
    asked = select(people).where(_P.login == known)
    return con.execute(asked.with_for_update() if held else asked).first()


def some_owner(con: Connection) -> bool:
    """Whether an active owner exists."""
    asked = select(func.count()).where(_P.role == "owner", _P.state == "active")
    return bool(con.execute(asked).scalar())


def _one(con: Connection, login: str) -> Row[Any]:
    found = by_login(con, login, held=True)
    if found is None:
        raise NotFound("There is no such account.", hint="'apportion access people list' lists them.")
    return found


def _owners(con: Connection) -> set[str]:
    """Logins of active owners, who stay so until this transaction ends."""
    asked = select(_P.login).where(_P.role == "owner", _P.state == "active").order_by(_P.login)
    return set(con.execute(asked.with_for_update()).scalars())


def _login(text: str) -> str:
    found = text.strip().lower()
    if not LOGIN.fullmatch(found):
        hint = "Write a name like 'ana' or an e-mail address, without blanks."
        raise BadInput("This cannot be a login.", where="login", hint=hint)
    return found


def _altered(
    known: Row[Any], name: str | None, role: Role | None, tenant: str | None, state: PersonState | None
) -> dict[str, Any]:
    """What of an account can be seen, as it is to be. A new role takes its tenant along or loses it."""
    kept = known.tenant if role in (None, known.role) else ""
    return {
        "name": known.name if name is None else line(name, "name"),
        "role": role or known.role,
        "tenant": kept if tenant is None else tenant.strip() and line(tenant, "tenant"),
        "state": state or known.state,
    }


def _later(changed: int, now: datetime) -> int:
    """By the time of its last change an account is known as it was, so that it never stays the same."""
    return max(microseconds(now), changed + 1)
