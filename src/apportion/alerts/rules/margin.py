"""Margin below limits: of customers over all cost, of features over operations and what they carry."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from apportion.alerts.rules.results import Results
from apportion.alerts.rules.settings import MarginRule
from apportion.alerts.signals import Severity, Signal
from apportion.allocation.patterns import fits
from apportion.analytics.models import NONE, Facts
from apportion.analytics.scope import Scope
from apportion.analytics.sentences import money, share
from apportion.analytics.statements import fetch
from apportion.core.errors import NotFound
from apportion.economics.customers import customer_rows
from apportion.economics.search import page_of

STALE = timedelta(days=45)
"""Revenue that ends so long before cost is not late: nobody gives it any more."""


@dataclass(frozen=True)
class Earner:
    """What someone pays and costs."""

    key: str
    label: str
    dimensions: dict[str, str]
    currency: str
    revenue: Decimal
    cost: Decimal
    margin: Decimal
    margin_pct: Decimal | None
    phrase: str
    link: str


def signals(rule: MarginRule, name: str, asked: Results) -> Iterable[Signal]:
    """One for each customer or feature below a limit, with revenue and cost of at least the floor."""
    for earner in _customers(rule, asked) if rule.of == "customer" else _features(rule, asked):
        if not all(fits(earner.dimensions.get(field, NONE), given) for field, given in rule.where.items()):
            continue
        found = _judged(rule, earner)
        if found is None or max(earner.revenue, earner.cost) < rule.at_least:
            continue
        severity, limit = found
        yield Signal(
            rule=name,
            key=f"{rule.of}={earner.key}"
            + ("" if earner.currency == _main(asked) else f" {earner.currency}"),
            severity=severity,
            title=_title(earner),
            text=_text(earner, limit),
            at=asked.now,
            dimensions=earner.dimensions,
            value=earner.margin_pct,
            limit=limit,
            unit="percent",
            link=earner.link,
        )


def _judged(rule: MarginRule, earner: Earner) -> tuple[Severity, Decimal | None] | None:
    if earner.margin_pct is None:
        if rule.without_revenue == "ignore" or earner.cost <= 0:
            return None
        return rule.without_revenue, None
    if rule.critical is not None and earner.margin_pct < rule.critical:
        return "critical", rule.critical
    if rule.warning is not None and earner.margin_pct < rule.warning:
        return "warning", rule.warning
    return None


def _customers(rule: MarginRule, asked: Results) -> Iterable[Earner]:
    con, facts = asked.run
    scope = _scope(rule, asked)
    for row in customer_rows(con, scope, facts.need_perspective("customer")):
        yield Earner(
            key=row.customer_id,
            label=row.customer_name,
            dimensions={"customer": row.customer_id, "plan": row.plan or NONE, "status": row.status},
            currency=row.currency,
            revenue=row.revenue,
            cost=row.cost_of_revenue,
            margin=row.gross_margin,
            margin_pct=row.gross_margin_pct,
            phrase=scope.phrase,
            link=page_of("customer", row.customer_id),
        )


def _scope(rule: MarginRule, asked: Results) -> Scope:
    """The window, ending where revenue ends: months whose revenue is not there yet would look like losses."""
    _, facts = asked.run
    last = _last_revenue(asked)
    if last is None:
        raise NotFound("There is no revenue yet.", hint="Name it under `revenue`, then ingest and allocate.")
    end = min(facts.last_day, last)
    if facts.last_day - end > STALE:
        raise NotFound(f"Revenue is known up to {last} only.", hint="Ingest newer revenue.")
    days = int(rule.window[:-1])
    if end == facts.last_day:
        return Scope.of(facts, rule.window)
    return Scope.of(facts, f"{end - timedelta(days=days - 1)}..{end + timedelta(days=1)}")


def _last_revenue(asked: Results) -> date | None:
    con, facts = asked.run
    sql = "SELECT MAX(day) AS last FROM daily_revenue WHERE currency = $currency"
    found: date | None = fetch(con, sql, {"currency": facts.main_currency})[0]["last"]
    return found


def _features(rule: MarginRule, asked: Results) -> Iterable[Earner]:
    report = asked.features(rule.window)
    for group in report.groups:
        if group.margin is None or group.full_cost is None:
            continue
        yield Earner(
            key=group.name,
            label=group.label or group.name,
            dimensions={"feature": group.name},
            currency=report.meta.currency or _main(asked),
            revenue=group.revenue or Decimal(0),
            cost=group.full_cost,
            margin=group.margin,
            margin_pct=group.margin_pct,
            phrase=f"in {report.meta.label}",
            link="/ai/margin",
        )


def _main(asked: Results) -> str:
    facts: Facts | None = asked.facts
    return facts.main_currency if facts else ""


def _title(earner: Earner) -> str:
    if earner.margin_pct is None:
        return f"{earner.label} costs {money(earner.cost, earner.currency)} and pays nothing"
    if earner.margin < 0:
        return f"{earner.label} costs more than it pays: margin {share(earner.margin_pct)}"
    return f"{earner.label}: margin {share(earner.margin_pct)}"


def _text(earner: Earner, limit: Decimal | None) -> str:
    revenue, cost = (money(amount, earner.currency) for amount in (earner.revenue, earner.cost))
    said = f"{cost} to serve on {revenue} of revenue {earner.phrase}: {money(earner.margin, earner.currency)}"
    return (
        f"{said} gross margin."
        if limit is None
        else f"{said} gross margin, below the limit of {share(limit)}."
    )
