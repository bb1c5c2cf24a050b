"""What a file that was changed means for what is counted: done once, when a process starts with it."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, delete, func, insert, select

from apportion.budgets import amounts
from apportion.budgets.declared import Counted, Declared, Record
from apportion.budgets.following import Following
from apportion.budgets.recounting import Anew, count_reserved, there_of
from apportion.budgets.reservations import of_ids
from apportion.budgets.writing import Writes
from apportion.core.times import microseconds
from apportion.database import (
    budget_adjustments,
    budget_declarations,
    budget_periods,
)
from apportion.metering.changed import changed_after
from apportion.metering.settings import Tree

AT_ONCE = 5_000
Archived = Callable[[int, int], Iterable[Record]]
"""Operations that the ledger's archive has of a time (microseconds, half-open), placed in the tree."""


def nothing(_: int, __: int) -> Iterable[Record]:
    """Where there is no archive."""
    return ()


def known(con: Connection, declared: Declared, tree: Tree, now: datetime) -> bool:
    """Whether the database knows the budgets as they are declared; then when each began is taken over."""
    found = {row.budget: row for row in con.execute(select(budget_declarations))}
    declared.began = {name: found[name].began for name in declared.counted if name in found}
    prints = {name: found[name].fingerprint if name in found else "" for name in declared.counted}
    if found.keys() - declared.counted.keys():
        return False
    return prints == _prints(declared, tree) and not dict(_other_amounts(con, declared, microseconds(now)))


def declare(
    con: Connection,
    following: Following,
    tree: Tree,
    now: datetime,
    archived: Archived = nothing,
) -> None:
    """Take over what is declared now, in a transaction in which no one else writes.

    A budget that is new, or counts something else than before, counts the operations and reservations of its
    current period once, wherever they are. Periods before stay as they are. Periods that have not ended get
    the limit of the file, with what was added by hand.
    """
    declared, stamp = following.declared, microseconds(now)
    if known(con, declared, tree, now):
        return
    prints = _prints(declared, tree)
    before = {row.budget: row for row in con.execute(select(budget_declarations))}
    gone = budget_declarations.c.budget.in_(before.keys() - declared.counted.keys())
    con.execute(delete(budget_declarations).where(gone))  # what comes meanwhile does not count in it
    for name, counted in declared.counted.items():
        if name in before and before[name].fingerprint == prints[name]:
            continue
        period = counted.calendar.at(now)
        began = declared.began[name] = period.start if period else stamp
        number = _count_anew(con, following, name, began, stamp, tree, archived) if period else 0
        con.execute(delete(budget_declarations).where(budget_declarations.c.budget == name))
        row = {"budget": name, "fingerprint": prints[name], "began": began}
        con.execute(insert(budget_declarations).values(**row, declared=stamp, counted=number))
    tally = following.tally(con, stamp)
    changed = dict(_other_amounts(con, declared, stamp))
    tally.load(changed)
    for period_id, amount in changed.items():
        tally.counters[period_id].amount = amount
    writes = Writes(con)
    tally.write(writes)
    writes.run()


def _prints(declared: Declared, tree: Tree) -> dict[str, str]:
    if not declared.counted:
        return {}
    text, aliases = tree.model_dump_json(), declared.aliases()
    return {name: c.fingerprint(declared.zone, text, aliases) for name, c in declared.counted.items()}


def _count_anew(
    con: Connection,
    following: Following,
    name: str,
    began: int,
    now: int,
    tree: Tree,
    archived: Archived,
) -> int:
    """Count the operations of a period that are there already, and reservations; how many operations."""
    number, old = 0, set[str]()
    for records in _by(AT_ONCE, archived(began, now)):
        ids = [r["operation_id"] for r in records]
        newer = there_of(con, ids)
        old |= of_ids(con, ids).keys()
        number += _count(con, following, [r for r in records if r["operation_id"] not in newer], name, now)
    at = -1
    while records := changed_after(con, at, tree, AT_ONCE, since=began):
        at = records[-1]["changed"]
        number += _count(con, following, records, name, now)
    count_reserved(con, following, Anew(name, began, now), tree, old)
    return number


def _count(con: Connection, following: Following, records: Sequence[Record], name: str, now: int) -> int:
    tally = following.tally(con, now)
    reserved = of_ids(con, [r["operation_id"] for r in records])
    following.count(tally, records, reserved, among=[name])
    writes = Writes(con)
    tally.write(writes)
    writes.run()
    return len(records)


def _by(many: int, records: Iterable[Record]) -> Iterator[Sequence[Record]]:
    rest = iter(records)
    while some := list(islice(rest, many)):
        yield some


def _other_amounts(con: Connection, declared: Declared, now: int) -> Iterator[tuple[str, int]]:
    """Periods that have not ended and whose limit is another now."""
    columns = budget_adjustments.c
    sums = select(columns.period_id, func.sum(columns.amount)).group_by(columns.period_id)
    added = {name: int(amount) for name, amount in con.execute(sums)}
    for row in con.execute(select(budget_periods).where(budget_periods.c.until > now)):
        counted = declared.counted.get(row.budget)
        limit = limit_of(counted, row.entity) if counted is not None else None
        if limit is not None and row.amount != (holds := max(limit + added.get(row.period_id, 0), 0)):
            yield row.period_id, holds


def limit_of(counted: Counted, entity: str) -> int | None:
    """The limit of an entity by the file, in 10⁻⁹; None where it has none."""
    names = json.loads(entity)
    if set(names) != set(counted.budget.for_):
        return None
    limit = counted.budget.limit([names[field] for field in counted.budget.for_])
    return None if limit is None else amounts.spent(limit)
