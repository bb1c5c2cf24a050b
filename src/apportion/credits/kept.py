"""Accounts in the state database: locked where they are written to, loaded as far as they matter, kept."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import Connection, Table, insert, or_, select, update
from sqlalchemy import bindparam as bound
from sqlalchemy.dialects import postgresql, sqlite

from apportion.credits.account import Account, Entry, EntryKind
from apportion.credits.grant import Grant, GrantKind
from apportion.credits.timeline import Subscription
from apportion.database import (
    credit_accounts,
    credit_balances,
    credit_entries,
    credit_grants,
    subscriptions,
)

AT_ONCE = 500
NEVER = 2**63 - 1
"""Ends of grants that never end, where they are compared."""
_BACK = 400 * 86_400_000_000
"""Grants that ended so long before are loaded all the same: plans that follow each other within a year."""


def upsertion(con: Connection, table: Table) -> Any:
    """INSERT of the database's own dialect, which knows ON CONFLICT."""
    return (sqlite if con.dialect.name == "sqlite" else postgresql).insert(table)


def locked(con: Connection, customers: Iterable[str], now: int) -> dict[str, Account]:
    """The accounts of customers, made where they are missing; no one else writes to them until the end.

    They are locked in the order of their names, so that two who want the same ones never wait in a circle.
    """
    names = sorted(set(customers))
    if not names:
        return {}
    once = upsertion(con, credit_accounts).on_conflict_do_nothing(index_elements=["customer"])
    con.execute(once, [{"customer": name, "entries": 0, "created": now} for name in names])
    return _accounts(con, names, lock=True)


def looked_at(con: Connection, customers: Iterable[str]) -> dict[str, Account]:
    """The accounts of customers to read; empty ones for those that have none."""
    names = sorted(set(customers))
    return {name: Account(name) for name in names} | _accounts(con, names, lock=False)


def _accounts(con: Connection, names: Sequence[str], *, lock: bool) -> dict[str, Account]:
    found = {}
    for some in _some(names):
        mine = select(credit_accounts).where(credit_accounts.c.customer.in_(some))
        mine = mine.order_by(credit_accounts.c.customer)
        for row in con.execute(mine.with_for_update() if lock else mine):
            found[row.customer] = Account(row.customer, number=row.entries, created=row.created)
    return found


_WITH_BALANCE = select(
    credit_grants, credit_balances.c.used, credit_balances.c.expired, credit_balances.c.taken
).join(credit_balances, credit_balances.c.grant_id == credit_grants.c.grant_id)


def load_grants(con: Connection, accounts: Mapping[str, Account], since: int) -> None:
    """Give accounts their grants: those that have anything left, or had not ended long before `since`."""
    matters = or_(credit_balances.c.ends > since - _BACK, credit_balances.c.rest > 0)
    for some in _some(accounts):
        _add_grants(con, accounts, _WITH_BALANCE.where(credit_balances.c.customer.in_(some), matters))


def load_named(con: Connection, accounts: Mapping[str, Account], grants: Iterable[str]) -> None:
    """Give accounts grants by their ids."""
    for some in _some(sorted(set(grants))):
        _add_grants(con, accounts, _WITH_BALANCE.where(credit_balances.c.grant_id.in_(some)))


def _add_grants(con: Connection, accounts: Mapping[str, Account], query: Any) -> None:
    for row in con.execute(query):
        accounts[row.customer].grants[row.grant_id] = Grant(
            row.grant_id,
            cast("GrantKind", row.kind),
            row.amount,
            row.priority,
            row.starts,
            expires=row.expires,
            ends=row.ends,
            keeps=row.keeps,
            plan=row.plan,
            reason=row.reason,
            who=row.who,
            at=row.at,
            number=row.number,
            used=row.used,
            expired=row.expired,
            taken=row.taken,
        )


def load_subscriptions(con: Connection, customers: Iterable[str]) -> dict[str, list[Subscription]]:
    """The subscriptions of customers, the earliest first."""
    found: dict[str, list[Subscription]] = {}
    for some in _some(sorted(set(customers))):
        mine = select(subscriptions).where(subscriptions.c.customer.in_(some))
        for row in con.execute(mine.order_by(subscriptions.c.since)):
            until = date.fromisoformat(row.until) if row.until else None
            one = Subscription(row.plan, date.fromisoformat(row.since), until, row.contact)
            found.setdefault(row.customer, []).append(one)
    return found


def entries_of(con: Connection, operations: Iterable[str]) -> dict[tuple[str, str], list[Entry]]:
    """Entries about operations in order, by customer and operation."""
    found: dict[tuple[str, str], list[Entry]] = {}
    for some in _some(sorted(set(operations) - {""})):
        mine = select(credit_entries).where(credit_entries.c.operation_id.in_(some))
        for row in con.execute(mine.order_by(credit_entries.c.customer, credit_entries.c.number)):
            found.setdefault((row.customer, row.operation_id), []).append(entry_of(row))
    return found


def entry_of(row: Any) -> Entry:
    """An entry as a row of the ledger has it."""
    said = (row.operation_id, row.feature, row.day, row.reference, row.reason, row.who)
    return Entry(row.number, cast("EntryKind", row.kind), row.grant_id, row.amount, row.at, *said)


def keep_accounts(con: Connection, accounts: Iterable[Account]) -> None:
    """Write what is new: grants, entries, and what they come to."""
    some = [account for account in accounts if account.entries]
    fresh = [(a, a.grants[name]) for a in some for name in sorted(a.fresh)]
    changed = [(a, a.grants[name]) for a in some for name in sorted(a.changed)]
    if fresh:
        con.execute(insert(credit_grants), [_grant_row(*one) for one in fresh])
    if changed:
        made = upsertion(con, credit_balances)
        values = {name: made.excluded[name] for name in ("used", "expired", "rest", "taken")}
        upsert = made.on_conflict_do_update(index_elements=["grant_id"], set_=values)
        con.execute(upsert, [_balance_row(*one) for one in changed])
    if some:
        con.execute(insert(credit_entries), [_entry_row(a, e) for a in some for e in a.entries])
        numbered = update(credit_accounts).where(credit_accounts.c.customer == bound("name"))
        con.execute(numbered.values(entries=bound("n")), [{"name": a.customer, "n": a.number} for a in some])
    for account in some:
        account.entries, account.fresh, account.changed = [], set(), set()


def _grant_row(account: Account, grant: Grant) -> dict[str, Any]:
    names = [c.name for c in credit_grants.columns if c.name != "customer"]
    return {"customer": account.customer} | {name: getattr(grant, name) for name in names}


def _balance_row(account: Account, grant: Grant) -> dict[str, Any]:
    ends = NEVER if grant.ends is None else grant.ends
    sums = {"used": grant.used, "expired": grant.expired, "rest": grant.left, "taken": grant.taken}
    return {"grant_id": grant.grant_id, "customer": account.customer, "ends": ends, **sums}


def _entry_row(account: Account, entry: Entry) -> dict[str, Any]:
    names = [c.name for c in credit_entries.columns if c.name != "customer"]
    return {"customer": account.customer} | {name: getattr(entry, name) for name in names}


def _some(names: Iterable[str]) -> Iterator[list[str]]:
    """As many at once as a statement may name."""
    listed = list(names)
    return (listed[at : at + AT_ONCE] for at in range(0, len(listed), AT_ONCE))
