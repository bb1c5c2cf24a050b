"""How customers stand in the period that runs: what is included, used and left, and what lies beyond it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from sqlalchemy import Connection, select

from apportion.core.money import percent
from apportion.credits.account import Account
from apportion.credits.book import Book
from apportion.credits.days import NONE, Sums
from apportion.credits.grant import Grant
from apportion.credits.kept import AT_ONCE
from apportion.credits.periods import Period, day_of, midnight, period_of
from apportion.credits.settings import Plan
from apportion.credits.timeline import Spell
from apportion.credits.units import cost_of, credits_of
from apportion.database import credit_days

StandingState = Literal["within", "near", "over"]


class DayRow(NamedTuple):
    """The sums of a day, a feature and a unit."""

    day: date
    feature: str
    unit: str
    sums: Sums


@dataclass(frozen=True)
class Standing:
    """A customer in the period that runs; credits in 10⁻⁹. Without a plan the period is the calendar month.

    `included` is None where credits are not limited; `cost` is that of `over`, what no grant covers. Of the
    `balance`, `beside` is what the plan does not include in this period: bought, given or carried over.
    """

    customer: str
    account: Account
    spell: Spell | None
    plan: Plan | None
    period: Period
    resets_at: int
    contact: str
    included: int | None
    used: int
    over: int
    cost: Decimal
    balance: int
    beside: int = 0
    warns_at: Sequence[int] = ()
    rows: Sequence[DayRow] = field(default_factory=list)

    @property
    def percent(self) -> Decimal | None:
        """Of what is included, used; None where nothing is, or everything."""
        return percent(credits_of(self.used), credits_of(self.included)) if self.included else None

    @property
    def state(self) -> StandingState:
        """Over: no credits are left. Near: the first threshold is reached."""
        if self.included is None:
            return "within"
        if self.balance <= 0:
            return "over"
        reached = self.percent is not None and self.warns_at and self.percent >= self.warns_at[0]
        return "near" if reached else "within"

    @property
    def capped(self) -> bool:
        """Whether overage has come to where it ends."""
        cap = self.plan.overage.cap if self.plan and self.plan.overage else None
        return cap is not None and self.cost >= cap

    @property
    def stopped(self) -> Literal["", "no_credits", "overage_cap"]:
        """Why nothing that takes credits is allowed any more."""
        if self.plan is None or self.state != "over":
            return ""
        if self.plan.beyond == "overage":
            return "overage_cap" if self.capped else ""
        return "no_credits" if self.plan.beyond == "stop" else ""

    def by_feature(self) -> Mapping[tuple[str, str], Sums]:
        """Sums of the period by feature and unit."""
        found: dict[tuple[str, str], Sums] = {}
        for row in self.rows:
            found[row.feature, row.unit] = found.get((row.feature, row.unit), NONE).plus(row.sums)
        return found


def standings(book: Book, customers: Iterable[str]) -> list[Standing]:
    """How customers stand now, in the order given; what their plans include is granted first."""
    names = list(customers)
    periods = {name: _period(book, name) for name in names}
    if not names:
        return []
    rows = day_rows(book.con, names, min(period.start for period in periods.values()))
    return [_standing(book, name, periods[name], rows.get(name, [])) for name in names]


def day_rows(
    con: Connection, customers: Sequence[str], start: date, until: date | None = None
) -> dict[str, list[DayRow]]:
    """Sums of days from `start` on, by customer, in the order of days."""
    found: dict[str, list[DayRow]] = {}
    for at in range(0, len(customers), AT_ONCE):
        mine = credit_days.c.customer.in_(customers[at : at + AT_ONCE])
        asked = select(credit_days).where(mine, credit_days.c.day >= start.isoformat())
        if until is not None:
            asked = asked.where(credit_days.c.day < until.isoformat())
        for row in con.execute(asked.order_by(credit_days.c.customer, credit_days.c.day)):
            one = DayRow(date.fromisoformat(row.day), row.feature, row.unit, Sums(*row[4:]))
            found.setdefault(row.customer, []).append(one)
    return found


def _period(book: Book, customer: str) -> Period:
    spell = book.timeline(customer).on(book.today)
    if spell is None:
        return period_of("monthly", book.today)
    return spell.period(book.terms.plans.offered[spell.plan], book.today)


def _standing(book: Book, customer: str, period: Period, rows: Sequence[DayRow]) -> Standing:
    account, spell = book.ready(customer), book.timeline(customer).on(book.today)
    plan = book.terms.plans.offered[spell.plan] if spell else None
    within = [row for row in rows if period.start <= row.day < period.until]
    over, cost = _overage(book, customer, within)
    limited = plan is not None and plan.included is not None
    mine, balance = _of_period(book, account, period), account.balance(book.now)
    left = account.usable(mine, book.now)
    return Standing(
        customer,
        account,
        spell,
        plan,
        period,
        resets_at=midnight(period.until, book.terms.zone),
        contact=book.contact(customer),
        included=sum(grant.used for grant in mine) + left if limited else None,
        used=sum(row.sums.credits for row in within),
        over=over,
        cost=cost,
        balance=balance,
        beside=max(0, balance - left),
        warns_at=book.terms.plans.warns_at(spell.plan) if spell else (),
        rows=within,
    )


def _of_period(book: Book, account: Account, period: Period) -> list[Grant]:
    """Grants of what plans include in the period, each for its days."""
    mine = [grant for grant in account.grants.values() if grant.kind == "included"]
    return [grant for grant in mine if period.start <= day_of(grant.starts, book.terms.zone) < period.until]


def _overage(book: Book, customer: str, rows: Sequence[DayRow]) -> tuple[int, Decimal]:
    """What no grant covers, and what it costs at the price of the plan of its day."""
    found, cost = 0, Decimal(0)
    by_plan: dict[str, int] = {}
    for row in rows:
        found += row.sums.over
        if row.sums.over and (spell := book.timeline(customer).on(row.day)):
            by_plan[spell.plan] = by_plan.get(spell.plan, 0) + row.sums.over
    for name, units in by_plan.items():
        if overage := book.terms.plans.offered[name].overage:
            cost += cost_of(units, overage.price)
    return found, cost
