"""Rules as one would say them."""

from collections.abc import Mapping
from decimal import Decimal

from apportion.alerts.rules.settings import (
    AnomalyRule,
    AnyRule,
    BudgetRule,
    CostJumpRule,
    ForecastRule,
    MarginRule,
    PlanRule,
    ReconciliationRule,
    StaleSourceRule,
    UnallocatedRule,
)


def sentence(rule: AnyRule) -> str:
    """The rule in words, without a full stop."""
    return f"{_said(rule)}{_where(rule.where)}"


def _said(rule: AnyRule) -> str:
    if isinstance(rule, MarginRule):
        floor = f"(from {_plain(rule.at_least)} of revenue or cost)"
        return f"gross margin of a {rule.of} over {rule.window} below {_levels(rule, ' %')} {floor}"
    if isinstance(rule, CostJumpRule):
        by = rule.by if isinstance(rule.by, str) else " or ".join(rule.by)
        floor = f"(from {_plain(rule.at_least)} more)"
        times = _levels(rule, " times")
        return f"a day's cost by {by} above {times} the average of the seven days before {floor}"
    if isinstance(rule, AnomalyRule):
        return f"anomalies from {rule.severity} on (from {_plain(rule.at_least)} of excess)"
    if isinstance(rule, UnallocatedRule):
        return f"unallocated cost over {rule.window} above {_levels(rule, ' %')}"
    if isinstance(rule, StaleSourceRule):
        return f"a source without a new charge for more than {_levels(rule, ' days')}"
    return _said_of_others(rule)


def _said_of_others(rule: ReconciliationRule | ForecastRule | BudgetRule | PlanRule) -> str:
    if isinstance(rule, ReconciliationRule):
        return "a statement that does not add up; a load, run, search, forecast or budget that failed"
    if isinstance(rule, BudgetRule):
        ends = {"expected": "; or its forecast", "lower": "; or the lower end of its forecast", "off": ""}
        ahead = f"{ends[rule.forecast]} is above it" if rule.forecast != "off" else ""
        return f"a threshold of a budget that was reached (critical from {_plain(rule.critical)} %){ahead}"
    if isinstance(rule, PlanRule):
        told = ", told to the customer's own contact" if rule.contacts else ""
        return f"a customer who has used so much of the credits of their plan{told}"
    bound = "the forecast" if rule.bound == "expected" else "the lower end of the forecast"
    return f"{bound} of the month above {_plain(rule.above)}"


def _levels(rule: MarginRule | CostJumpRule | UnallocatedRule | StaleSourceRule, unit: str) -> str:
    limits = {"warning": rule.warning, "critical": rule.critical}
    said = [f"{_plain(Decimal(x))}{unit} ({name})" for name, x in limits.items() if x is not None]
    return " or ".join(said) or "nothing"


def _where(where: Mapping[str, str | list[str]]) -> str:
    said = [f"{field} {v if isinstance(v, str) else ' or '.join(v)}" for field, v in where.items()]
    return f", where {' and '.join(said)}" if said else ""


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():,f}"
