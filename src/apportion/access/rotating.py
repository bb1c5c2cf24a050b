"""A new pepper in place of the old one: all that was keyed with it ends."""

from datetime import datetime

from sqlalchemy import delete

from apportion.access import audit, pepper
from apportion.access.audit import Entry
from apportion.access.caller import Caller
from apportion.access.ground import PEPPER, Ground, put_mark
from apportion.access.permits import need
from apportion.core.times import microseconds
from apportion.database import api_keys, sessions

_K = api_keys.c


def rotate_pepper(ground: Ground, by: Caller, now: datetime) -> int:
    """Begin anew with another pepper: keys are revoked (how many), sessions end, tokens of pages, too.

    The workspace's own pepper is replaced; one that settings name is taken as it is now. Where it stops in
    between, nothing opens, and doing it again helps.
    """
    need(by, "people")
    if ground.settings.pepper is None:
        pepper.replace(ground.directory)
    mark = pepper.read(ground.directory, ground.settings.pepper).mark
    stamp = {"revoked": microseconds(now), "revoked_by": by.name}
    with ground.state.write() as con:
        put_mark(con, PEPPER, mark)
        con.execute(delete(sessions))
        revoked = con.execute(api_keys.update().where(_K.revoked.is_(None)).values(**stamp)).rowcount
        audit.record(con, Entry.of(by, "rotate_pepper", keys=revoked), now)
    ground.forget()
    return revoked
