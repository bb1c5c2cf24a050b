"""What deserves a look, found from the data by general rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median_low
from typing import Literal

from pydantic import Field

from apportion.analytics.models import NONE, Amount, Part
from apportion.analytics.scope import Scope
from apportion.analytics.sentences import count, money, possessive, share
from apportion.core.money import percent
from apportion.economics.customers import CustomerRow, NotAttributed, losing
from apportion.economics.environments import EnvironmentRow
from apportion.economics.search import page_of
from apportion.economics.services import ServiceRow

Kind = Literal["losing_customers", "largest_loss", "non_production", "jump", "unallocated", "untagged"]
JUMP_FACTOR = 2


class Finding(Part):
    """Something a person should know; `amount` is in the report's currency."""

    kind: Kind
    title: str
    detail: str
    amount: Amount
    link: str = Field(description="A path in the dashboard.")


@dataclass(frozen=True)
class Ground:
    """The rows findings are made from, all of one currency and window."""

    scope: Scope
    customers: Sequence[CustomerRow]
    company: NotAttributed
    services: Sequence[ServiceRow]
    environments: Sequence[EnvironmentRow]

    def money(self, amount: Decimal) -> str:
        return money(amount, self.scope.currency)


def findings(ground: Ground) -> list[Finding]:
    """Every rule's finding where it has one, in the order of the rules."""
    return [found for rule in _RULES if (found := rule(ground)) is not None]


def _losing_customers(ground: Ground) -> Finding | None:
    worst = losing(ground.customers)
    if not worst:
        return None
    amount = sum((row.gross_margin for row in worst), Decimal(0))
    names = ", ".join(row.customer_name for row in worst[:3]) + (" …" if len(worst) > 3 else "")
    verb = "costs more than it pays" if len(worst) == 1 else "cost more than they pay"
    return Finding(
        kind="losing_customers",
        title=f"{count(len(worst), 'customer')} {verb}",
        detail=f"{names}: {ground.money(amount)} gross margin {ground.scope.phrase}.",
        amount=amount,
        link="/customers",
    )


def _largest_loss(ground: Ground) -> Finding | None:
    phrase = ground.scope.phrase
    row = min(losing(ground.customers), key=lambda row: (row.gross_margin, row.customer_id), default=None)
    if row is None:
        return None
    revenue = ground.money(row.revenue)
    return Finding(
        kind="largest_loss",
        title=f"{row.customer_name} loses {ground.money(-row.gross_margin)}",
        detail=f"{ground.money(row.cost_of_revenue)} to serve on {revenue} revenue {phrase}.",
        amount=row.gross_margin,
        link=page_of("customer", row.customer_id),
    )


def _non_production(ground: Ground) -> Finding | None:
    """A team's dearest non-production environment that is above another team's whole production."""
    teams, phrase = [row for row in ground.environments if row.key != NONE], ground.scope.phrase
    for row in sorted(teams, key=lambda team: (-team.dearest_other[1], team.key)):
        name, cost = row.dearest_other
        below = [other for other in teams if other.key != row.key and 0 < other.production < cost]
        if below:
            other = max(below, key=lambda team: (team.production, team.key))
            return Finding(
                kind="non_production",
                title=f"{possessive(row.key)} {name} costs more than {possessive(other.key)} production",
                detail=f"{ground.money(cost)} against {ground.money(other.production)} {phrase}.",
                amount=cost,
                link="/teams",
            )
    return None


def _jump(ground: Ground) -> Finding | None:
    """The day on which a service was furthest above its median day, where it was at least twice that."""
    jumps = [jump for row in ground.services if (jump := _furthest(row, ground.scope.days)) is not None]
    if not jumps:
        return None
    phrase = ground.scope.phrase
    above, row, day, cost, usual = max(jumps, key=lambda jump: (jump[0], jump[1].service))
    return Finding(
        kind="jump",
        title=f"{row.service} cost {ground.money(above)} more than usual on {day}",
        detail=f"{ground.money(cost)} that day; its median day {phrase} is {ground.money(usual)}.",
        amount=above,
        link=page_of("service", row.service),
    )


def _furthest(
    row: ServiceRow, days: Sequence[date]
) -> tuple[Decimal, ServiceRow, date, Decimal, Decimal] | None:
    if len(days) < 3:
        return None
    usual = median_low(row.sparkline)
    cost, day = max(zip(row.sparkline, days, strict=True))
    return (cost - usual, row, day, cost, usual) if cost > 0 and cost >= JUMP_FACTOR * usual else None


def _unallocated(ground: Ground) -> Finding | None:
    amount, part = ground.company.unallocated, percent(ground.company.unallocated, ground.company.cost)
    if part is None or amount == 0:
        return None
    return Finding(
        kind="unallocated",
        title=f"{share(part)} of cost belongs to no customer yet",
        detail=f"{ground.money(amount)} that no rule reaches {ground.scope.phrase}.",
        amount=amount,
        link="/data",
    )


def _untagged(ground: Ground) -> Finding | None:
    parts = [cost for row in ground.environments if row.key == NONE for cost in row.environments.values()]
    amount = sum(parts, Decimal(0))
    part = percent(amount, ground.company.cost)
    if part is None or amount == 0:
        return None
    return Finding(
        kind="untagged",
        title=f"{share(part)} of cost has no team",
        detail=f"{ground.money(amount)} whose tags, account and resource name no team {ground.scope.phrase}.",
        amount=amount,
        link="/explorer?group_by=ServiceName&filter=" + "%7B%22team%22%3A%5B%22(none)%22%5D%7D",
    )


_RULES: tuple[Callable[[Ground], Finding | None], ...] = (
    _losing_customers,
    _largest_loss,
    _non_production,
    _jump,
    _unallocated,
    _untagged,
)
