"""Plans, customers with their credits, and the ledger of one, as everybody shows them."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Field
from sqlalchemy import Connection, select

from apportion.credits.account import Account, EntryKind
from apportion.credits.customers import Terms
from apportion.credits.entitlements import Beyond, PlanNamed, beyond, buy_url, plan_named
from apportion.credits.grant import GrantKind
from apportion.credits.kept import entry_of, load_grants
from apportion.credits.refunding import PaidBack
from apportion.credits.settings import Conversion, FeatureLimit, Plan
from apportion.credits.standing import Standing, StandingState
from apportion.credits.taking_back import TakenBack
from apportion.credits.timeline import Subscription
from apportion.credits.units import Amount, credits_of, short, time_of, to_credits
from apportion.database import credit_entries

MOST = 500
"""Grants that an answer lists."""
DONE_BEFORE = "The same was done before under this id, and counts once."
NO_PLAN = "No plan is declared; see docs/guides/credits.md."
PeriodName = Literal["daily", "weekly", "monthly", "yearly"]


class PlanRow(BaseModel):
    """A plan that is offered."""

    name: str = Field(examples=["pro"])
    title: str = Field(examples=["Pro"])
    is_default: bool
    included: Amount | None = Field(description="Credits a period; null where they are not limited.")
    period: PeriodName
    rollover: Amount | None
    beyond: Literal["overage", "throttle", "stop", "none"]
    overage_price: Amount | None
    overage_cap: Amount | None
    currency: str
    calls_per_minute: int | None
    thresholds: Sequence[int]
    features: dict[str, FeatureLimit] | None = Field(description="null where all may be used.")
    usage: Sequence[Conversion] = Field(description="How use becomes credits; the first that fits.")
    customers: int = Field(description="Who has it today.")


class PlanList(BaseModel):
    """Every plan of apportion.yaml."""

    headline: str
    default: str | None
    without_plan: Literal["allow", "deny"]
    plans: Sequence[PlanRow]


class CreditsRow(BaseModel):
    """A customer and its credits."""

    customer: str = Field(examples=["acme"])
    name: str
    plan: PlanNamed | None
    state: StandingState
    unlimited: bool
    included: Amount | None
    used: Amount
    percent: Amount | None
    balance: Amount
    over: Beyond | None
    uncounted: int = Field(description="Operations of the period whose credits follow a cost nobody knows.")
    period_start: date
    period_end: date = Field(description="The day after its last.")
    resets_at: datetime
    contact: str


class CreditsList(BaseModel):
    """Customers by name."""

    headline: str
    as_of: datetime | None = Field(
        default=None, description="Where the newest use ends, or what was asked for; null: now."
    )
    credits: Sequence[CreditsRow]
    next_cursor: str | None


class GrantRow(BaseModel):
    """A grant as it is now: granted = used + expired + taken_back + left."""

    grant_id: str
    kind: GrantKind
    plan: str
    reason: str
    who: str
    granted: Amount
    used: Amount
    expired: Amount
    taken_back: Amount | None = Field(description="null where the grant stands.")
    left: Amount
    priority: int
    starts: datetime
    expires: datetime | None
    ends: datetime | None = Field(description="When what was carried over is over, too.")


class EntryRow(BaseModel):
    """A movement; `grant_id` is empty for overage."""

    number: int
    at: datetime
    kind: EntryKind
    credits: Amount
    grant_id: str
    operation_id: str
    feature: str
    day: str = Field(description="Of the operation, in the reporting time zone.")
    reference: str
    reason: str
    who: str


class SubscriptionRow(BaseModel):
    """A plan from a day on."""

    plan: str
    since: date
    until: date | None
    contact: str


class OneAccount(CreditsRow):
    """A customer's plans, grants, and a page of its ledger, the newest first."""

    as_of: datetime | None = Field(
        default=None, description="Where the newest use ends, or what was asked for; null: now."
    )
    known: bool = Field(
        default=True,
        description="False where no list, no plan and no credits spoke of the customer before this: its name "
        "may be mistyped.",
    )
    done_before: bool = Field(default=False, description=DONE_BEFORE)
    buy_url: str | None
    subscriptions: Sequence[SubscriptionRow]
    grants: Sequence[GrantRow]
    entries: Sequence[EntryRow]
    next_cursor: str | None


class PaidBackRow(BaseModel):
    """What came back to a grant; empty for overage that is owed no more."""

    grant_id: str
    reason: str
    credits: Amount
    expired: Amount = Field(description="Of these, because the grant is over or was taken back.")


class Refunded(BaseModel):
    """What became of a refund."""

    operation_id: str
    credits: Amount
    expired: Amount
    returned: Sequence[PaidBackRow]
    done_before: bool = Field(description=DONE_BEFORE)


class TakeBack(BaseModel):
    """What became of a grant that was taken back: granted = credits + used + expired."""

    headline: str = Field(
        examples=["4,400 of 5,000 credits are taken back; 600 were used, and stay covered."]
    )
    grant_id: str = Field(examples=["order-1047"])
    granted: Amount
    credits: Amount = Field(description="Taken back.")
    used: Amount = Field(description="By operations, which stay covered.")
    expired: Amount


def plans(terms: Terms, having: Sequence[Standing]) -> PlanList:
    """Every plan, and how many customers have it."""
    counts: dict[str, int] = {}
    for found in having:
        if found.spell:
            counts[found.spell.plan] = counts.get(found.spell.plan, 0) + 1
    given = terms.plans
    default = given.named(given.default)
    rows = [_plan(terms, name, plan, counts.get(name, 0), default) for name, plan in given.offered.items()]
    said = f"{len(rows)} plan{'s' * (len(rows) != 1)}." if rows else NO_PLAN
    return PlanList(headline=said, default=default, without_plan=given.without_plan, plans=rows)


def _plan(terms: Terms, name: str, plan: Plan, customers: int, default: str | None) -> PlanRow:
    return PlanRow(
        name=name,
        title=plan.title or name,
        is_default=name == default,
        included=_exact(plan.included),
        period=plan.period,
        rollover=_exact(plan.rollover),
        beyond=plan.beyond,
        overage_price=plan.overage.price if plan.overage else None,
        overage_cap=plan.overage.cap if plan.overage else None,
        currency=terms.currency,
        calls_per_minute=plan.throttle.calls_per_minute if plan.throttle else None,
        thresholds=terms.plans.warns_at(name),
        features=plan.features,
        usage=terms.plans.conversions(name),
        customers=customers,
    )


def _exact(given: Decimal | None) -> Decimal | None:
    return None if given is None else credits_of(to_credits(given))


def row(terms: Terms, found: Standing) -> CreditsRow:
    """A customer as the list shows it."""
    return CreditsRow(
        customer=found.customer,
        name=terms.customers.names.get(found.customer, found.customer),
        plan=plan_named(found),
        state=found.state,
        unlimited=found.included is None,
        included=None if found.included is None else credits_of(found.included),
        used=credits_of(found.used),
        percent=found.percent,
        balance=credits_of(found.balance),
        over=beyond(terms, found),
        uncounted=sum(one.sums.uncounted for one in found.rows),
        period_start=found.period.start,
        period_end=found.period.until,
        resets_at=time_of(found.resets_at),
        contact=found.contact,
    )


def listed(
    terms: Terms, found: Sequence[Standing], more: str | None, as_of: datetime | None = None
) -> CreditsList:
    """A page of customers; `more` is where the next begins, `as_of` when that was, where it is not now."""
    over = sum(one.state == "over" for one in found)
    near = sum(one.state == "near" for one in found)
    when = f", as of {as_of.astimezone(terms.zone):%-d %B %Y}" if as_of else ""
    said = f"{len(found)} customer{'s' * (len(found) != 1)}: {over} over, {near} near{when}."
    if not terms.plans.offered:
        said = NO_PLAN
    rows = [row(terms, one) for one in found]
    return CreditsList(headline=said, as_of=as_of, credits=rows, next_cursor=more)


def account(
    con: Connection,
    terms: Terms,
    found: Standing,
    subscribed: Sequence[Subscription],
    *,
    before: int | None,
    limit: int,
) -> OneAccount:
    """A customer with its ledger: up to `limit` entries, those before number `before`."""
    entries, more = _entries(con, found.customer, before, limit)
    return OneAccount(
        **row(terms, found).model_dump(),
        buy_url=buy_url(terms, found),
        subscriptions=[
            SubscriptionRow(plan=one.plan, since=one.since, until=one.until, contact=one.contact)
            for one in subscribed
        ],
        grants=_grants(con, found),
        entries=entries,
        next_cursor=more,
    )


def refunded(order_id: str, back: Sequence[PaidBack]) -> Refunded:
    """What became of a refund of an operation."""
    rows = [
        PaidBackRow(grant_id=one.grant_id, reason=one.reason, credits=one.credits, expired=one.expired)
        for one in back
    ]
    credits_, expired = (sum((getattr(r, n) for r in rows), Decimal(0)) for n in ("credits", "expired"))
    before = not any(one.anew for one in back)
    return Refunded(
        operation_id=order_id, credits=credits_, expired=expired, returned=rows, done_before=before
    )


def taken_back(found: TakenBack) -> TakeBack:
    """What became of a grant."""
    before = "" if found.anew else " This was done before."
    gone = f" {short(found.expired)} had expired." if found.expired else ""
    used = f"{short(found.used)} were used, and stay covered." if found.used else "none of it was used."
    said = f"{short(found.taken)} of {short(found.granted)} credits are taken back; {used}"
    return TakeBack(
        headline=f"{said}{gone}{before}",
        grant_id=found.grant_id,
        granted=found.granted,
        credits=found.taken,
        used=found.used,
        expired=found.expired,
    )


def _grants(con: Connection, found: Standing) -> list[GrantRow]:
    """The newest grants; what the clock has changed since they were written is as it is now."""
    kept = {found.customer: Account(found.customer)}
    load_grants(con, kept, 0)
    known = kept[found.customer].grants | found.account.grants
    newest = sorted(known.values(), key=lambda g: (g.starts, g.number), reverse=True)[:MOST]
    return [
        GrantRow(
            grant_id=one.grant_id,
            kind=one.kind,
            plan=one.plan,
            reason=one.reason,
            who=one.who,
            granted=credits_of(one.amount),
            used=credits_of(one.used),
            expired=credits_of(one.expired),
            taken_back=None if one.taken is None else credits_of(one.taken),
            left=credits_of(one.left),
            priority=one.priority,
            starts=time_of(one.starts),
            expires=None if one.expires is None else time_of(one.expires),
            ends=None if one.ends is None else time_of(one.ends),
        )
        for one in newest
    ]


def _entries(
    con: Connection, customer: str, before: int | None, limit: int
) -> tuple[list[EntryRow], str | None]:
    mine = select(credit_entries).where(credit_entries.c.customer == customer)
    if before is not None:
        mine = mine.where(credit_entries.c.number < before)
    rows = con.execute(mine.order_by(credit_entries.c.number.desc()).limit(limit + 1)).all()
    found = [entry_of(one) for one in rows[:limit]]
    more = str(found[-1].number) if len(rows) > limit else None
    return [
        EntryRow(
            number=one.number,
            at=time_of(one.at),
            kind=one.kind,
            credits=credits_of(one.amount),
            **{n: getattr(one, n) for n in ("grant_id", "operation_id", "feature", "day")},
            **{n: getattr(one, n) for n in ("reference", "reason", "who")},
        )
        for one in found
    ], more
