"""The audit log: what changed something and what was refused, each row chained to the one before it.

A row is written in the transaction of the change it tells of, as the last thing in it: whoever writes rows
takes turns until the transaction ends.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Connection, Row, RowMapping, select, text, true

from apportion.access.caller import Caller
from apportion.access.doing import doing, name_of
from apportion.core.errors import BadInput
from apportion.core.times import microseconds, time_of
from apportion.database import api_keys, audit

Outcome = Literal["done", "refused", "failed"]
START = "0" * 64
"""What stands for the hash before the first row."""
_TURN = 7_304_211_905_533_117
"""PostgreSQL's number of the lock that writers of rows take turns by."""
_LONGEST = 300
_A = audit.c
FIELDS = ("number", "at", "who", "kind", "action", "target", "outcome", "address", "detail")


@dataclass(frozen=True)
class Entry:
    """What somebody did, or was refused. `detail` holds no secret, nor what may be one in the wrong field."""

    who: str
    kind: str
    action: str
    target: str = ""
    outcome: Outcome = "done"
    address: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, by: Caller, action: str, target: str = "", *, address: str = "", **detail: Any) -> "Entry":
        """What a caller did."""
        return cls(by.name, by.kind, action, target, "done", address, detail)

    @classmethod
    def named(cls, who: str, action: str, target: str, **detail: Any) -> "Entry":
        """What was done where the request is not at hand. Outside of any, it is done at the machine."""
        by = doing.get()
        if by is None:
            return cls(who, "local", action, target, "done", "", detail)
        name = name_of(by.caller, who)
        return cls(name, by.caller.kind, action, target, "done", by.address, detail)


class AuditRow(BaseModel):
    """One thing that was done or refused."""

    model_config = ConfigDict(frozen=True)

    number: int = Field(examples=[12])
    at: datetime
    who: str = Field(description="A login, the id of a key, or a customer's page.", examples=["ana"])
    kind: str = Field(
        description="person, key, embed, local (at the machine: by its user there) or unknown.",
        examples=["person"],
    )
    action: str = Field(examples=["make_key"])
    who_name: str = Field(default="", description="What the key is called that did it.")
    target: str = Field(description="What it was done to.", examples=["apn_Ab12Cd34"])
    target_name: str = Field(
        default="", description="What the key is called that it was done to.", examples=["checkout service"]
    )
    outcome: Outcome
    address: str = Field(description="Where the request came from.", examples=["203.0.113.7"])
    detail: dict[str, Any] = Field(examples=[{"scopes": ["ingest"]}])
    hash: str = Field(description="Of this row and of the hash before it (SHA-256).")


class AuditList(BaseModel):
    """Rows of the audit log, the newest first."""

    model_config = ConfigDict(frozen=True)

    head: str = Field(
        description="Number and hash of the newest row: keep it elsewhere, and a log cut short shows.",
        examples=["12:5f0c…"],
    )
    rows: list[AuditRow]
    next_cursor: str | None


def record(con: Connection, entry: Entry, now: datetime) -> None:
    """Add a row, as the last thing of the transaction `con` is in."""
    if con.dialect.name == "postgresql":
        con.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
    last = con.execute(select(_A.number, _A.hash).order_by(_A.number.desc()).limit(1)).first()
    row = {
        "number": (last.number if last else 0) + 1,
        "at": microseconds(now),
        **{name: _kept(getattr(entry, name)) for name in FIELDS[2:8]},
        "detail": json.dumps(_said(entry.detail), sort_keys=True, ensure_ascii=True, default=str),
    }
    con.execute(audit.insert().values(**row, hash=chained(last.hash if last else START, row)))


def chained(before: str, row: Mapping[str, Any] | RowMapping) -> str:
    """The hash of a row that comes after the row with the hash `before`."""
    told = json.dumps([before, *(row[name] for name in FIELDS)], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def head(con: Connection) -> str:
    """Number and hash of the newest row: whoever keeps it elsewhere will know whether rows went missing."""
    last = con.execute(select(_A.number, _A.hash).order_by(_A.number.desc()).limit(1)).first()
    return f"{last.number}:{last.hash}" if last else f"0:{START}"


def listed(
    con: Connection,
    *,
    who: str = "",
    action: str = "",
    outcome: str = "",
    since: datetime | None = None,
    cursor: str = "",
    limit: int = 100,
) -> AuditList:
    """A page of the log, the newest first. Raises BadInput for a cursor that is none."""
    wanted: list[ColumnElement[bool]] = [true()]
    wanted += [_A[name] == given for name, given in (("who", who), ("action", action)) if given]
    if outcome:
        wanted.append(_A.outcome == outcome)
    if since:
        wanted.append(_A.at >= microseconds(since))
    if cursor:
        wanted.append(_A.number < _place(cursor))
    found = con.execute(select(audit).where(*wanted).order_by(_A.number.desc()).limit(limit + 1)).all()
    more = str(found[limit - 1].number) if len(found) > limit else None
    return AuditList(head=head(con), rows=_told(con, found[:limit]), next_cursor=more)


def _place(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise BadInput("it is no cursor of this list", where="cursor", hint="Take it from next_cursor.")
    return int(cursor)


def _told(con: Connection, rows: Sequence[Row[Any]]) -> list[AuditRow]:
    """Rows with the names of the keys in them, which are beside what was written and hashed."""
    ids = {text for row in rows for text in (row.who, row.target) if text.startswith("apn_")}
    asked = select(api_keys.c.key_id, api_keys.c.name).where(api_keys.c.key_id.in_(ids))
    names = {row.key_id: row.name for row in con.execute(asked)} if ids else {}
    found = []
    for row in rows:
        named = row._mapping  # noqa: SLF001  its public name
        more = {"at": time_of(row.at), "detail": json.loads(row.detail)}
        more |= {"who_name": names.get(row.who, ""), "target_name": names.get(row.target, "")}
        found.append(AuditRow.model_validate({**named, **more}))
    return found


def _said(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is empty, which says nothing."""
    return {name: value for name, value in detail.items() if value != ""}


def _kept(said: str) -> str:
    """Text as every database keeps it, and not longer than a line."""
    return said.encode("utf-8", "replace").decode().replace("\0", "�")[:_LONGEST]
