"""Wrong passwords, by login and address together and by login alone, and how long each waits."""

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select, text, tuple_

from apportion.access.settings import AccessSettings
from apportion.core.times import microseconds
from apportion.database import login_failures, people

FROM_ANYWHERE = 20
"""So many times as many wrong passwords as from one address make a login wait for everybody."""

FORGOTTEN = timedelta(days=1)
"""After so long without another one, wrong passwords from an address count no more."""

_F, _P = login_failures.c, people.c
_COUNT = """\
INSERT INTO login_failures AS known (login, address, failures, locked_until, at)
VALUES (:login, :address, 1, 0, :at)
ON CONFLICT (login, address) DO UPDATE SET failures = known.failures + 1, at = excluded.at
RETURNING failures
"""


def place(address: str) -> str:
    """What counts as one address: of IPv6 the first 64 bits, for whoever has one has them all."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64].replace("\0", "")
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((int(found) >> 64 << 64, 64)))
    return str(found)


def waits(con: Connection, login: str, address: str, now: datetime) -> bool:
    """Whether no password is taken for a login from an address."""
    mine = select(_F.locked_until).where(_F.login == login, _F.address == place(address))
    return (con.execute(mine).scalar() or 0) > microseconds(now)


def somewhere(con: Connection, logins: Sequence[str], now: datetime) -> dict[str, int]:
    """Until when logins wait at an address, the latest of those; those that wait at none are left out."""
    asked = select(_F.login, func.max(_F.locked_until).label("until"))
    where = (_F.login.in_(logins), _F.locked_until > microseconds(now))
    return {row.login: row.until for row in con.execute(asked.where(*where).group_by(_F.login))}


def failed(con: Connection, login: str, address: str, settings: AccessSettings, now: datetime) -> None:
    """Count a wrong password; twice as long a wait after each further one. For login '' as much is done."""
    stamp, mine = microseconds(now), _P.login == login
    anywhere = con.execute(select(_P.failures).where(mine).with_for_update()).scalar() or 0
    until = _until(anywhere + 1 - FROM_ANYWHERE * settings.failures, settings, now)
    con.execute(people.update().where(mine).values(failures=_P.failures + 1, locked_until=until))
    where = {"login": login, "address": place(address)}
    here = con.execute(text(_COUNT), {**where, "at": stamp}).scalar_one()
    until = _until(here - settings.failures, settings, now)
    con.execute(login_failures.update().filter_by(**where).values(locked_until=until))
    over = (_F.at < microseconds(now - FORGOTTEN), _F.locked_until < stamp)
    old = select(_F.login, _F.address).where(*over).limit(100).with_for_update(skip_locked=True)
    con.execute(delete(login_failures).where(tuple_(_F.login, _F.address).in_(old)))


def opened(con: Connection, login: str, addresses: Sequence[str] = ()) -> None:
    """What was wrong counts no more: from these addresses, or from everywhere."""
    of = [_F.login == login]
    if addresses:
        of.append(_F.address.in_([place(one) for one in addresses]))
    con.execute(delete(login_failures).where(*of))


def _until(beyond: int, settings: AccessSettings, now: datetime) -> int:
    """How long what was wrong so many times more often than it may be waits; 0 for not at all."""
    if beyond < 0:
        return 0
    doubled = settings.wait_seconds * 2 ** min(beyond, 20)
    return microseconds(now + timedelta(seconds=min(doubled, settings.longest_wait_minutes * 60)))
