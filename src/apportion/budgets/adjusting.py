"""Limits that are changed by hand for one period, with who and why."""

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, func, insert, select

from apportion.access import audit
from apportion.budgets import amounts
from apportion.budgets.burning import counter
from apportion.budgets.declared import Slot
from apportion.budgets.declaring import limit_of
from apportion.budgets.following import Following
from apportion.budgets.tally import Counter
from apportion.budgets.writing import Writes
from apportion.core.errors import BadInput
from apportion.core.times import microseconds
from apportion.database import budget_adjustments

THE_FILE = "apportion.yaml"


def adjust(
    con: Connection,
    following: Following,
    budget: str,
    entity: str,
    amount: Decimal,
    reason: str,
    who: str,
    now: datetime,
) -> None:
    """Add to the limit of an entity's running period, or take from it, in a transaction of the writer's.

    Raises NotFound for what has no budget, BadInput for an amount of nothing, or more than there is.
    """
    found = counter(con, following.declared, budget, entity, now)
    units = amounts.spent(amount)
    if units == 0:
        raise BadInput(
            "this changes nothing", where="amount", hint="Give what is added; less than 0 takes away."
        )
    if not 0 <= found.amount + units <= 10**9 * 10**amounts.SCALE:
        raise BadInput(
            "the limit would be less than 0 or too large", where="amount", hint="Give another amount."
        )
    add(con, following, found, units, reason, who, now)
    detail = {"entity": entity, "amount": str(amount), "reason": reason}
    audit.record(con, audit.Entry.named(who, "adjust_budget", budget, **detail), now)


def add(
    con: Connection, following: Following, found: Counter, units: int, reason: str, who: str, now: datetime
) -> None:
    """Add to the limit of a period, or take from it, in a transaction of the writer's (10⁻⁹)."""
    stamp = microseconds(now)
    tally = following.tally(con, stamp)
    slot = Slot(
        found.budget, found.entity, found.start, found.until, found.period_id, found.amount, found.currency
    )
    tally.open([slot])
    tally.counters[found.period_id].amount += units
    writes = Writes(con)
    tally.write(writes)
    writes.run()
    if below := _below(con, following, found):
        _keep(con, found, below, "The file's limit is less than was taken away.", THE_FILE, stamp)
    _keep(con, found, units, reason, who, stamp)


def _below(con: Connection, following: Following, found: Counter) -> int:
    """How much the limit would be below 0 by the file and what was taken away (10⁻⁹): it is 0 then."""
    counted = following.declared.counted.get(found.budget)
    limit = limit_of(counted, found.entity) if counted else None
    mine = budget_adjustments.c.period_id == found.period_id
    added = int(con.scalar(select(func.sum(budget_adjustments.c.amount)).where(mine)) or 0)
    return 0 if limit is None else max(-limit - added, 0)


def _keep(con: Connection, found: Counter, units: int, reason: str, who: str, stamp: int) -> None:
    told = {"period_id": found.period_id, "reason": reason, "who": who, "amount": units, "at": stamp}
    con.execute(insert(budget_adjustments).values(adjustment_id=uuid.uuid4().hex, **told))
