"""Keys of programs: `apn_`, eight signs that find the key, and 256 random bits; a keyed hash is kept."""

import hmac
import json
import re
import secrets
import string
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Row, and_, or_, select

from apportion.access import audit
from apportion.access.audit import Entry
from apportion.access.caller import SCOPES, Caller, Scope, Tenant
from apportion.access.ground import Ground
from apportion.access.pepper import Pepper
from apportion.access.permits import line, may_give, may_have, need
from apportion.core.errors import BadInput, NotFound, Refused
from apportion.core.times import microseconds, time_of, time_or_none
from apportion.database import api_keys

KeyState = Literal["active", "expired", "revoked"]
MINUTE = timedelta(minutes=1)
KEY_ID = re.compile(r"apn_[A-Za-z0-9]{8}")
LONGEST = timedelta(days=3653)
_KEY = re.compile(r"(apn_[A-Za-z0-9]{8})_[A-Za-z0-9_-]{43}")
_SIGNS = string.ascii_letters + string.digits
_NOBODYS = "0" * 64
_K = api_keys.c


class OfTenant(BaseModel):
    """The one team or customer that something belongs to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["team", "customer"]
    name: str = Field(min_length=1, max_length=200, examples=["acme"])


class Key(BaseModel):
    """A key, without what opens the door."""

    model_config = ConfigDict(frozen=True)

    key_id: str = Field(description="The beginning of the key.", examples=["apn_Ab12Cd34"])
    name: str = Field(examples=["checkout service"])
    scopes: list[Scope]
    tenant: OfTenant | None
    state: KeyState
    created: datetime
    created_by: str = Field(examples=["ana"])
    expires: datetime | None
    used: datetime | None = Field(description="When it was used last, to the minute.")
    revoked: datetime | None
    revoked_by: str


class MadeKey(Key):
    """A key as it is shown once."""

    key: str = Field(description="Never shown again.", examples=["apn_Ab12Cd34_…"])


class KeyList(BaseModel):
    """Keys, the newest first."""

    model_config = ConfigDict(frozen=True)

    keys: list[Key]
    next_cursor: str | None


class Keys:
    """The keys of a workspace. `by` is whoever does something, who needs the scope `people`."""

    def __init__(self, ground: Ground, changed: Callable[[], None]) -> None:
        self._ground, self._changed = ground, changed

    def listed(self, now: datetime, *, cursor: str = "", limit: int = 100) -> KeyList:
        """A page of keys. Raises BadInput for a cursor that is none."""
        if not self._ground.there():
            return KeyList(keys=[], next_cursor=None)
        asked = select(api_keys).order_by(_K.created.desc(), _K.key_id.desc()).limit(limit + 1)
        if cursor:
            at, key_id = _place(cursor)
            asked = asked.where(or_(_K.created < at, and_(_K.created == at, _K.key_id < key_id)))
        with self._ground.state.read() as con:
            found = con.execute(asked).all()
        more = f"{found[limit - 1].created}.{found[limit - 1].key_id}" if len(found) > limit else None
        return KeyList(keys=[told(row, now) for row in found[:limit]], next_cursor=more)

    def make(
        self,
        by: Caller,
        name: str,
        scopes: Collection[Scope],
        now: datetime,
        *,
        tenant: Tenant | None = None,
        expires: datetime | None = None,
        address: str = "",
    ) -> MadeKey:
        """A new key, which is in the answer and nowhere else. BadInput; Forbidden for more than `by` has."""
        need(by, "people")
        wanted = sorted(set(scopes))
        name = line(name, "name")
        if not wanted or set(wanted) - set(SCOPES):
            raise BadInput("A key has one or more scopes.", where="scopes", hint=f"{', '.join(SCOPES)}.")
        may_have(wanted, tenant)
        if expires and not timedelta(0) < expires - now <= LONGEST:
            raise BadInput("A key expires at a time to come, within ten years.", where="expires")
        may_give(by, wanted, tenant)
        held = self._ground.held(now)
        key_id = f"apn_{''.join(secrets.choice(_SIGNS) for _ in range(8))}"
        key = f"{key_id}_{secrets.token_urlsafe(32)}"
        row = {
            "key_id": key_id,
            "hash": hashed(held.pepper, key),
            "name": name,
            "scopes": json.dumps(wanted),
            "tenant_kind": tenant.kind if tenant else "",
            "tenant": line(tenant.name, "tenant") if tenant else "",
            "created_by": by.name,
            "created": microseconds(now),
            "expires": microseconds(expires) if expires else None,
        }
        shown = {"name": name, "scopes": wanted, "expires": expires.isoformat() if expires else None}
        shown["tenant"] = tenant.name if tenant else None
        with self._ground.state.write() as con:
            con.execute(api_keys.insert().values(**row))
            audit.record(con, Entry.of(by, "make_key", key_id, address=address, **shown), now)
            made = told(_one(con, key_id), now)
        return MadeKey(key=key, **dict(made))

    def revoke(self, by: Caller, key_id: str, now: datetime, *, address: str = "") -> Key:
        """From now on it opens nothing: here at once, on other servers within seconds. NotFound, Refused."""
        need(by, "people")
        with self._ground.state.write() as con:
            known = _one(con, key_id)
            may_give(by, json.loads(known.scopes), tenant_of_key(known))
            if known.revoked is not None:
                raise Refused("This key is revoked already.")
            stamp = {"revoked": microseconds(now), "revoked_by": by.name}
            con.execute(api_keys.update().where(_K.key_id == known.key_id).values(**stamp))
            made = told(_one(con, key_id), now)
            audit.record(con, Entry.of(by, "revoke_key", known.key_id, address=address), now)
        self._changed()
        return made


def holding(con: Connection, pepper: Pepper, key: str, now: datetime) -> Row[Any] | None:
    """The row of a key that opens the door; None for one that is forged, expired or revoked."""
    if not (parts := _KEY.fullmatch(key)):
        return None
    row = con.execute(select(api_keys).where(_K.key_id == parts[1])).first()
    same = hmac.compare_digest(row.hash if row else _NOBODYS, hashed(pepper, key))
    if row is None or not same or row.revoked is not None:
        return None
    return None if row.expires is not None and row.expires <= microseconds(now) else row


def used(con: Connection, key_id: str, now: datetime) -> None:
    """It was used now; written at most once a minute, whoever else writes it."""
    before = or_(_K.used.is_(None), _K.used <= microseconds(now - MINUTE))
    con.execute(api_keys.update().where(_K.key_id == key_id, before).values(used=microseconds(now)))


def caller_of(row: Row[Any]) -> Caller:
    """What a key may see and do."""
    return Caller(row.key_id, "key", frozenset(json.loads(row.scopes)), tenant_of_key(row))


def tenant_of_key(row: Row[Any]) -> Tenant | None:
    """The tenant that a key belongs to."""
    return Tenant(row.tenant_kind, row.tenant) if row.tenant_kind else None


def hashed(pepper: Pepper, key: str) -> str:
    """What is kept of a key."""
    return pepper.keyed("key", key)


def told(row: Row[Any], now: datetime) -> Key:
    """The key as others may see it."""
    over = row.expires is not None and row.expires <= microseconds(now)
    tenant = OfTenant(kind=row.tenant_kind, name=row.tenant) if row.tenant_kind else None
    return Key(
        key_id=row.key_id,
        name=row.name,
        scopes=json.loads(row.scopes),
        tenant=tenant,
        state="revoked" if row.revoked is not None else "expired" if over else "active",
        created=time_of(row.created),
        created_by=row.created_by,
        expires=time_or_none(row.expires),
        used=time_or_none(row.used),
        revoked=time_or_none(row.revoked),
        revoked_by=row.revoked_by or "",
    )


def _one(con: Connection, key_id: str) -> Row[Any]:
    found = (
        con.execute(select(api_keys).where(_K.key_id == key_id)).first() if KEY_ID.fullmatch(key_id) else None
    )
    if found is None:
        raise NotFound("There is no such key.", hint="'apportion access keys list' lists them.")
    return found


def _place(cursor: str) -> tuple[int, str]:
    if not (found := re.fullmatch(r"(\d{1,18})\.(apn_[A-Za-z0-9]{8})", cursor, re.ASCII)):
        raise BadInput("it is no cursor of this list", where="cursor", hint="Take it from next_cursor.")
    return int(found[1]), found[2]
