"""Cost of a day far above the average of the seven days before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from apportion.alerts.rules import anomaly
from apportion.alerts.rules.owners import owned
from apportion.alerts.rules.results import Results
from apportion.alerts.rules.settings import CostJumpRule, Patterns
from apportion.alerts.signals import Severity, Signal
from apportion.analytics.answer import answer
from apportion.analytics.fields import charge_days
from apportion.analytics.models import NONE, Facts
from apportion.analytics.query import Query
from apportion.analytics.sentences import money
from apportion.core.errors import NotFound
from apportion.core.money import per_unit
from apportion.economics.search import page_of

BEFORE = 7
ALIKE = Decimal("0.8")
"""A day of before that cost so much of the newest one is taken for its like."""
SAME = Decimal("0.1")
"""Jumps of two dimensions whose excess differs by less than this part are one jump."""
FREQUENCY = "ChargeFrequency"
USAGE = {"ChargeCategory": ["Usage"]}
Costs = Mapping[date, Decimal]


@dataclass(frozen=True)
class Jump:
    """A group whose newest day is far above the days before."""

    field: str
    dimension: str
    value: str
    currency: str
    cost: Decimal
    average: Decimal
    limit: Decimal
    severity: Severity

    @property
    def excess(self) -> Decimal:
        return self.cost - self.average

    @property
    def times(self) -> Decimal:
        return (self.cost / self.average).quantize(Decimal("0.1"))


def signals(rule: CostJumpRule, name: str, asked: Results) -> Iterable[Signal]:
    """One for each jump of the last complete day, the largest excess first."""
    _, facts = asked.run
    listed = [rule.by] if isinstance(rule.by, str) else rule.by
    found = [jump for by in listed for jump in _jumps(rule, by, asked)]
    known = _told(asked)
    found = [jump for jump in found if (jump.currency, jump.dimension, jump.value) not in known]
    kept = _once(sorted(found, key=lambda jump: (-jump.excess, listed.index(jump.dimension), jump.value)))
    for jump, alike in kept:
        yield Signal(
            rule=name,
            key=f"{jump.dimension}={jump.value}" + _other(jump.currency, facts),
            severity=jump.severity,
            title=f"{_named(jump)} cost {money(jump.cost, jump.currency)} on {facts.last_day}",
            text=f"{money(jump.excess, jump.currency)} more than the average of the seven days before, "
            f"{money(jump.average, jump.currency)}: {jump.times} times as much.",
            at=asked.now,
            dimensions={**owned(asked, jump.field, jump.value), jump.dimension: jump.value},
            value=jump.cost,
            limit=jump.limit,
            unit=jump.currency,
            link=page_of("service", jump.value) if jump.dimension == "service" else "/explorer",
            lines=tuple(f"also seen at {_named(other)}" for other in alike),
        )


def _told(asked: Results) -> set[tuple[str, str, str]]:
    """Currency, field and value of which an anomaly tells that the newest day costs more than usual."""
    _, facts = asked.run
    return {
        (incident.currency, *pair)
        for incident in asked.incidents()
        if incident.kind == "rise" and anomaly.is_told(incident)
        if incident.first_step.date() <= facts.last_day <= incident.last_step.date()
        for about in (incident.where, *(level.fields for level in incident.levels[:1]))
        for pair in about.items()
    }


def _jumps(rule: CostJumpRule, by: str, asked: Results) -> Iterable[Jump]:
    _, facts = asked.run
    if facts.last_day - timedelta(days=BEFORE) < facts.first_day:
        return
    field, perspective = _field(by, facts)
    for (value, currency), days in _costs(rule, field, perspective, asked).items():
        before = [days.get(facts.last_day - timedelta(days=n), Decimal(0)) for n in range(1, BEFORE + 1)]
        cost, average = (
            days.get(facts.last_day, Decimal(0)),
            per_unit(sum(before, Decimal(0)), Decimal(BEFORE)),
        )
        if not average or average <= 0 or value == NONE:
            continue
        if (judged := _judged(rule, cost, average)) and not _seen(rule, days, facts, cost, judged[1]):
            jump = Jump(field, by, value, currency, cost, average, judged[1], judged[0])
            if rule.charges == "all" or perspective or jump.excess - _recurring(jump, asked) >= rule.at_least:
                yield jump


def _judged(rule: CostJumpRule, cost: Decimal, average: Decimal) -> tuple[Severity, Decimal] | None:
    excess = cost - average
    if rule.critical is not None and cost > rule.critical * average and excess >= rule.critical_at_least:
        return "critical", rule.critical * average
    if rule.warning is not None and cost > rule.warning * average and excess >= rule.at_least:
        return "warning", rule.warning * average
    return None


def _seen(rule: CostJumpRule, days: Costs, facts: Facts, cost: Decimal, limit: Decimal) -> bool:
    """Whether a day like it was there before: a weekly job, a charge of every month.

    Days right before it that are above the limit, too, belong to the same jump.
    """
    back = 1
    while back <= BEFORE and days.get(facts.last_day - timedelta(days=back), Decimal(0)) > limit:
        back += 1
    earlier = (facts.last_day - timedelta(days=n) for n in range(back, rule.unless_seen + 1))
    return any(days.get(day, Decimal(0)) >= ALIKE * cost for day in earlier)


def _recurring(jump: Jump, asked: Results) -> Decimal:
    """What of the newest day the bill itself calls recurring, such as a licence on the first of a month."""
    con, facts = asked.run
    if FREQUENCY not in charge_days(con).fields:
        return Decimal(0)
    tests = [{jump.field: [jump.value]}, USAGE, {FREQUENCY: ["Recurring"]}]
    query = Query.model_validate(
        {"filter": {"and": tests}, "from": facts.last_day, "to": facts.last_day + timedelta(days=1)}
    )
    rows = answer(con, facts, query).rows
    return sum((row.amount for row in rows if row.currency == jump.currency), Decimal(0))


def _field(by: str, facts: Facts) -> tuple[str, str | None]:
    """The field to group by, and the perspective where only that one has it."""
    if by in facts.dimensions:
        return by, None
    if perspective := facts.perspective_to(by):
        return "target", perspective
    return ("ServiceName" if by == "service" else by), None


def _costs(
    rule: CostJumpRule, field: str, perspective: str | None, asked: Results
) -> Mapping[tuple[str, str], Costs]:
    con, facts = asked.run
    start = facts.last_day - timedelta(days=max(BEFORE, rule.unless_seen))
    query = Query.model_validate(
        {
            "perspective": perspective,
            "group_by": [field],
            "filter": _filter(rule, perspective, facts),
            "grain": "day",
            "from": start,
            "to": facts.last_day + timedelta(days=1),
            "limit": 1000,
        }
    )
    found: dict[tuple[str, str], dict[date, Decimal]] = {}
    for row in answer(con, facts, query).rows:
        if not row.others:
            days = found.setdefault((row.keys[field], row.currency), {})
            days[date.fromisoformat(row.period or "")] = row.amount
    return found


def _filter(rule: CostJumpRule, perspective: str | None, facts: Facts) -> dict[str, object] | None:
    tests = scope_filter(rule.where, perspective, facts)
    if rule.charges == "usage" and perspective is None:
        tests = [*tests, USAGE]
    if perspective is not None:
        tests = [*tests, {"target_kind": ["allocated"]}]
    return {"and": tests} if tests else None


def scope_filter(
    where: Mapping[str, Patterns], perspective: str | None, facts: Facts
) -> list[dict[str, list[str]]]:
    """`where` as the query model has it; a perspective calls what it attributes to `target`."""
    if perspective is not None and perspective not in facts.perspectives:
        raise NotFound(
            f"There is no perspective '{perspective}'.", hint=f"There are: {', '.join(facts.perspectives)}."
        )
    to = facts.perspectives[perspective] if perspective else ""
    return [
        {("target" if field == to else field): [given] if isinstance(given, str) else list(given)}
        for field, given in where.items()
    ]


def _once(jumps: Sequence[Jump]) -> list[tuple[Jump, list[Jump]]]:
    """Each jump once, with those of other dimensions that are the same money."""
    kept: list[tuple[Jump, list[Jump]]] = []
    for jump in jumps:
        same = next(
            (
                alike
                for first, alike in kept
                if first.dimension != jump.dimension
                and first.currency == jump.currency
                and abs(first.excess - jump.excess) <= SAME * first.excess
            ),
            None,
        )
        if same is None:
            kept.append((jump, []))
        else:
            same.append(jump)
    return kept


def _named(jump: Jump) -> str:
    return f"{jump.dimension} {jump.value}"


def _other(currency: str, facts: Facts) -> str:
    return "" if currency == facts.main_currency else f" {currency}"
