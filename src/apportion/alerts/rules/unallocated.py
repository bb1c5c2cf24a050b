"""Cost that no rule of the allocation reaches, as a share of all."""

from collections.abc import Iterable
from decimal import Decimal

from apportion.alerts.rules.results import Results
from apportion.alerts.rules.settings import UnallocatedRule
from apportion.alerts.signals import Severity, Signal
from apportion.analytics.models import Facts
from apportion.analytics.scope import Scope
from apportion.analytics.sentences import money, share
from apportion.core.errors import NotFound
from apportion.core.money import percent
from apportion.economics.customers import company_cost


def signals(rule: UnallocatedRule, name: str, asked: Results) -> Iterable[Signal]:
    """One for each currency whose unallocated share is above a limit and at least the floor in money."""
    con, facts = asked.run
    perspective = _perspective(rule, facts)
    scope = Scope.of(facts, rule.window)
    for row in company_cost(con, scope, perspective):
        part = percent(row.unallocated, row.cost)
        judged = None if part is None else _judged(rule, part)
        if part is None or judged is None or row.unallocated < rule.at_least:
            continue
        severity, limit = judged
        yield Signal(
            rule=name,
            key=f"perspective={perspective}"
            + ("" if row.currency == facts.main_currency else f" {row.currency}"),
            severity=severity,
            title=f"{share(part)} of cost reaches no {facts.perspectives[perspective]}",
            text=f"{money(row.unallocated, row.currency)} of {money(row.cost, row.currency)} {scope.phrase}; "
            f"the limit is {share(limit)}.",
            at=asked.now,
            dimensions={"perspective": perspective},
            value=part,
            limit=limit,
            unit="percent",
            link="/data",
        )


def _perspective(rule: UnallocatedRule, facts: Facts) -> str:
    if rule.perspective in facts.perspectives:
        return rule.perspective
    if rule.perspective or not facts.perspectives:
        raise NotFound(f"There is no perspective {rule.perspective or 'yet'}.", where="alerts.rules")
    return facts.perspective_to("customer") or next(iter(facts.perspectives))


def _judged(rule: UnallocatedRule, part: Decimal) -> tuple[Severity, Decimal] | None:
    if rule.critical is not None and part > rule.critical:
        return "critical", rule.critical
    if rule.warning is not None and part > rule.warning:
        return "warning", rule.warning
    return None
