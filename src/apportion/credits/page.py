"""A customer's own page: what was used of the plan, day by day, and what is left. No cost, nobody else."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from pydantic import BaseModel, Field

from apportion.core.errors import BadInput
from apportion.core.money import percent
from apportion.core.periods import parse_window
from apportion.credits.customers import Terms
from apportion.credits.days import NONE, Sums
from apportion.credits.entitlements import PlanNamed, buy_url, plan_named
from apportion.credits.grant import Grant, GrantKind
from apportion.credits.periods import Period, day_of
from apportion.credits.standing import DayRow, Standing, StandingState
from apportion.credits.units import Amount, credits_of, moment, time_of

MOST_DAYS = 1100
"""Three years."""
LABELS: dict[GrantKind, str] = {
    "included": "Included",
    "top_up": "Bought",
    "promotion": "Promotion",
    "refund": "Paid back",
    "adjustment": "Adjustment",
}


class GrantLeft(BaseModel):
    """Credits that can still be used, in the order in which they are."""

    label: str = Field(examples=["Included in Pro"])
    kind: GrantKind
    granted: Amount
    left: Amount
    expires: datetime | None


class DayUsed(BaseModel):
    """A day of the reporting time zone."""

    day: date
    credits: Amount
    calls: int


class FeatureUsed(BaseModel):
    """A feature; empty for calls that name none."""

    feature: str
    credits: Amount
    calls: int
    percent: Amount | None = Field(description="Of all credits that were used.")


class UsagePage(BaseModel):
    """What a customer has used, and has left."""

    customer: str = Field(examples=["acme"])
    name: str = Field(description="As the list of customers has it.", examples=["Acme Bookshops"])
    as_of: datetime = Field(
        description="Now, or where the newest use ends, where nothing came in for a week."
    )
    plan: PlanNamed | None
    state: StandingState
    unlimited: bool = Field(description="The plan does not limit credits.")
    used: Amount
    included: Amount | None
    percent: Amount | None
    beyond: Amount = Field(description="Credits used that nobody had granted.")
    throttle: int | None = Field(description="Calls a minute, now that the credits are used up.")
    balance: Amount
    balance_by_grant: Sequence[GrantLeft]
    period_start: date
    period_end: date = Field(description="The day after its last.")
    resets_at: datetime
    days_to_reset: int
    time_zone: str
    window_start: date
    window_end: date = Field(description="The day after the last that is shown.")
    by_day: Sequence[DayUsed]
    by_feature: Sequence[FeatureUsed]
    buy_url: str | None


def window_of(text: str, found: Standing, today: date) -> Period:
    """The days to show: 'period' for those of the plan's period so far. Raises BadInput."""
    if text == "period":
        return Period(found.period.start, today + timedelta(days=1))
    try:
        asked = parse_window(text, today)
    except OverflowError:
        raise BadInput(f"'{text}' is too far away.", where="window") from None
    if asked.days > MOST_DAYS:
        raise BadInput(f"A window of {asked.days} days cannot be shown.", where="window")
    return Period(asked.start, asked.end)


def page(terms: Terms, found: Standing, window: Period, rows: Sequence[DayRow], now: datetime) -> UsagePage:
    """The page for `window`, whose sums are `rows`."""
    today = day_of(moment(now), terms.zone)
    slower = found.plan.throttle if found.plan and found.state == "over" else None
    return UsagePage(
        customer=found.customer,
        name=terms.customers.names.get(found.customer, found.customer),
        as_of=now,
        plan=plan_named(found),
        state=found.state,
        unlimited=found.included is None,
        used=credits_of(found.used),
        included=None if found.included is None else credits_of(found.included),
        percent=found.percent,
        beyond=credits_of(found.over),
        throttle=slower.calls_per_minute if slower else None,
        balance=credits_of(found.balance),
        balance_by_grant=grants_left(found, moment(now)),
        period_start=found.period.start,
        period_end=found.period.until,
        resets_at=time_of(found.resets_at),
        days_to_reset=(found.period.until - today).days,
        time_zone=str(terms.zone),
        window_start=window.start,
        window_end=window.until,
        by_day=_by_day(window, rows),
        by_feature=_by_feature(rows),
        buy_url=buy_url(terms, found),
    )


def grants_left(found: Standing, now: int) -> list[GrantLeft]:
    """Grants with anything left, the next to be used first."""
    usable = [g for g in found.account.grants.values() if g.left > 0 and g.starts <= now]
    usable.sort(key=lambda g: (g.priority, g.over_from(now), g.starts, g.number))
    return [_left(found, grant, now) for grant in usable]


def _left(found: Standing, grant: Grant, now: int) -> GrantLeft:
    label = LABELS[grant.kind]
    if grant.kind == "included":
        rolled = grant.expires is not None and now >= grant.expires
        title = found.plan.title if found.plan and found.spell and found.spell.plan == grant.plan else ""
        label = "Carried over" if rolled else f"{label} in {title or grant.plan}"
    expires = time_of(grant.over_from(now)) if grant.expires is not None else None
    kind: GrantKind = grant.kind
    return GrantLeft(
        label=label,
        kind=kind,
        granted=credits_of(grant.amount),
        left=credits_of(grant.left),
        expires=expires,
    )


def _by_day(window: Period, rows: Sequence[DayRow]) -> list[DayUsed]:
    sums: dict[date, Sums] = {}
    for row in rows:
        sums[row.day] = sums.get(row.day, NONE).plus(row.sums)
    days = [window.start + timedelta(days=n) for n in range(window.days)]
    found = [(day, sums.get(day, NONE)) for day in days]
    return [DayUsed(day=day, credits=credits_of(some.credits), calls=some.calls) for day, some in found]


def _by_feature(rows: Sequence[DayRow]) -> list[FeatureUsed]:
    sums: dict[str, Sums] = {}
    for row in rows:
        sums[row.feature] = sums.get(row.feature, NONE).plus(row.sums)
    total = credits_of(sum(some.credits for some in sums.values()))
    listed = sorted(sums.items(), key=lambda one: (-one[1].credits, -one[1].calls, one[0]))
    return [
        FeatureUsed(
            feature=feature,
            credits=credits_of(some.credits),
            calls=some.calls,
            percent=percent(credits_of(some.credits), total),
        )
        for feature, some in listed
        if some != NONE
    ]
