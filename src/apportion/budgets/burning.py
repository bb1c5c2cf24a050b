"""One budget of one entity: how it burns down, what is held, what cost more than was thought."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from apportion.analytics.sentences import money
from apportion.budgets import amounts
from apportion.budgets.declared import Counted, Declared, entity_text
from apportion.budgets.looking import Look
from apportion.budgets.periods import Between
from apportion.budgets.report import Adjustment, BudgetDay, BudgetRow, DayAhead, Hold, OneBudget, Overshoot
from apportion.budgets.reservations import HELD
from apportion.budgets.settings import BETWEEN, Budget
from apportion.budgets.standing import RUN_RATE, forecast, rows, standing
from apportion.budgets.tally import COUNTED, Counter
from apportion.core.errors import BadInput, NotFound
from apportion.core.times import microseconds, time_of
from apportion.database import budget_adjustments, budget_declarations, budget_entries, reservations

MOST = 100
_QUARTER = 15 * 60 * 10**6
"""Days of all time zones begin at quarters of an hour, so that sums of quarters are sums of days."""


def named(declared: Declared, budget: str) -> Budget:
    """The budget of that name. Raises NotFound."""
    if budget not in declared.all:
        known = ", ".join(declared.all) or "none"
        raise NotFound(f"There is no budget '{budget}'.", hint=f"apportion.yaml declares: {known}.")
    return declared.all[budget]


def entity_of(budget: Budget, text: str) -> str | None:
    """An entity as it is asked for: JSON of fields and names, or the names alone; None for nothing."""
    fields = list(budget.for_)
    if not text:
        return None if fields else entity_text({})
    try:
        given = json.loads(text) if text.startswith("{") else None
    except ValueError:
        given = None
    if given is None:
        names = text.split(BETWEEN) if len(fields) > 1 else [text]
        given = dict(zip(fields, names, strict=False)) if len(names) == len(fields) else {}
    if set(given) != set(fields) or not all(isinstance(name, str) for name in given.values()):
        whose = BETWEEN.join(fields) or "nothing: it is of the whole company"
        raise BadInput(f"'{text}' names no entity of this budget", where="entity", hint=f"It is for {whose}.")
    return entity_text(given)


def counter(
    con: Connection,
    declared: Declared,
    budget: str,
    entity: str,
    now: datetime,
    look: Look | None = None,
) -> Counter:
    """The running period of an entity. Raises NotFound, and BadInput where it is not said which."""
    wanted = entity_of(named(declared, budget), entity)
    found = standing(con, declared, now, budget, look)
    mine = [c for c in found if wanted in (None, c.entity)]
    if len(mine) == 1:
        return mine[0]
    if mine:
        some = ", ".join(BETWEEN.join(json.loads(c.entity).values()) for c in mine[:5])
        raise BadInput(
            f"the budget '{budget}' is one for each of {len(mine)}",
            where="entity",
            hint=f"Name one: {some}, …",
        )
    raise NotFound(
        f"The budget '{budget}' has nothing in this period" + (f" of {entity}." if entity else "."),
        hint="'apportion budgets list' shows what counts.",
    )


def single(
    con: Connection, declared: Declared, budget: str, entity: str, now: datetime, look: Look | None = None
) -> OneBudget:
    """All that is known of it, now or as `look` says; days of allocated cost are those of its run."""
    clock = look.now if look else now
    now = look.at if look else now
    found = counter(con, declared, budget, entity, now, look)
    row = rows(con, declared, [found], now, look)[0]
    own, live = declared.counted.get(budget), look.allocated if look else None
    if own:
        by_day, ahead = _days(con, own, found, now, cut=look is not None and look.cut)
    else:
        by_day, ahead = live.days(found) if live else ([], [])
    as_of = look.words([declared.all[budget]]) if look else ""
    declaration = con.execute(
        select(budget_declarations).where(budget_declarations.c.budget == budget)
    ).first()
    return OneBudget(
        **{name: getattr(row, name) for name in BudgetRow.model_fields},
        headline=_headline(row, clock, as_of),
        by_day=by_day,
        ahead=ahead,
        forecast_by=RUN_RATE if own else "forecast of cost",
        holds=_holds(con, found, now),
        overshoots=_overshoots(con, found),
        adjustments=_adjustments(con, found),
        counted_from=time_of(declaration.began) if declaration else None,
        counted_at_first=declaration.counted if declaration else 0,
    )


def _headline(row: BudgetRow, clock: datetime, as_of: str) -> str:
    if row.over:
        said = f"{money(row.over, row.currency)} more than the limit is spent"
    else:
        said = f"{row.percent} % of {money(row.limit, row.currency)} is spent"
    return f"{said}{as_of}; {_reset(row, clock)}."


def _reset(row: BudgetRow, clock: datetime) -> str:
    """When the period ends or ended, by the clock: also where what is told of it is as of a past day."""
    if row.until <= clock:
        return f"it reset on {row.until.astimezone(ZoneInfo(row.time_zone)):%-d %B %Y}"
    left = (row.until - clock).days
    return "it resets " + ("today" if left < 1 else "in a day" if left == 1 else f"in {left} days")


def _days(
    con: Connection, counted: Counted, found: Counter, now: datetime, *, cut: bool
) -> tuple[list[BudgetDay], list[DayAhead]]:
    """Days so far with what was spent on them, and days to come as the run rate has them."""
    quarter = budget_entries.c.at // _QUARTER
    mine = (budget_entries.c.period_id == found.period_id) & budget_entries.c.state.in_(COUNTED)
    if cut:
        mine &= budget_entries.c.at <= microseconds(now)
    asked = select(quarter, func.sum(budget_entries.c.amount)).where(mine).group_by(quarter)
    spent = [(int(at) * _QUARTER, int(amount)) for at, amount in con.execute(asked)]
    between, stamp = Between(found.start, found.until), microseconds(now)
    expected = forecast(found, now)
    so_far: list[BudgetDay] = []
    ahead: list[DayAhead] = []
    total = 0
    for day, bounds in counted.calendar.days(between):
        own = sum(amount for at, amount in spent if bounds.start <= at < bounds.until)
        total += own
        ideal = amounts.amount(_share(found.amount, bounds.until, between))
        if bounds.start <= stamp or own:
            sums = {"spent": amounts.amount(own), "total": amounts.amount(total)}
            so_far.append(BudgetDay(day=day, **sums, ideal=ideal))
        elif expected is not None:
            so_much = max(_share(expected, bounds.until, between), total)
            ahead.append(DayAhead(day=day, total=amounts.amount(so_much), ideal=ideal))
    return so_far, ahead


def _share(amount: int, until: int, between: Between) -> int:
    """What an even pace would have come to, rounded down."""
    return amount * (until - between.start) // (between.until - between.start)


def _holds(con: Connection, found: Counter, now: datetime) -> list[Hold]:
    columns = reservations.c
    joined = reservations.join(budget_entries, budget_entries.c.operation_id == columns.reservation_id)
    mine = (budget_entries.c.period_id == found.period_id) & (columns.state == HELD)
    asked = select(reservations).select_from(joined).where(mine & (columns.expires > microseconds(now)))
    return [
        Hold(
            reservation_id=row.reservation_id,
            created=time_of(row.created),
            expires=time_of(row.expires),
            estimate=amounts.amount(row.estimate),
            basis=row.basis,
            fields={k: str(v) for k, v in json.loads(row.fields).items() if not isinstance(v, dict)},
        )
        for row in con.execute(asked.order_by(columns.created.desc()).limit(MOST))
    ]


def _overshoots(con: Connection, found: Counter) -> list[Overshoot]:
    columns = reservations.c
    joined = reservations.join(budget_entries, budget_entries.c.operation_id == columns.reservation_id)
    mine = (budget_entries.c.period_id == found.period_id) & (columns.cost > columns.estimate)
    asked = select(reservations).select_from(joined).where(mine)
    return [
        Overshoot(
            reservation_id=row.reservation_id,
            at=time_of(row.settled),
            estimate=amounts.amount(row.estimate),
            cost=amounts.amount(row.cost),
            over=amounts.amount(row.cost - row.estimate),
        )
        for row in con.execute(asked.order_by(columns.settled.desc()).limit(MOST))
    ]


def _adjustments(con: Connection, found: Counter) -> list[Adjustment]:
    columns = budget_adjustments.c
    asked = select(budget_adjustments).where(columns.period_id == found.period_id).order_by(columns.at)
    return [
        Adjustment(at=time_of(row.at), who=row.who, reason=row.reason, amount=amounts.amount(row.amount))
        for row in con.execute(asked)
    ]
