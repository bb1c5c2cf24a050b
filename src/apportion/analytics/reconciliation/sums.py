"""The sums of a statement over all bills asked for: through every step, and by rule."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from apportion.analytics.models import Part
from apportion.analytics.reconciliation.models import (
    ReconciliationRow,
    ReconciliationRule,
    ReconciliationStage,
    ReconciliationTotal,
    RuleTotal,
    Stated,
)

ZERO = Decimal(0).scaleb(-12)


def whole_of(line: Stated | RuleTotal) -> tuple[str, ...]:
    """What a line adds up within: amounts of other currencies or metrics are never added."""
    return line.perspective, line.currency, line.metric


def _sums(lines: Iterable[Part], names: Iterable[str]) -> dict[str, Decimal]:
    sums = dict.fromkeys(names, ZERO)
    for line in lines:
        for name in sums:
            sums[name] += getattr(line, name)
    return sums


def totals(
    rows: Sequence[ReconciliationRow], stages: Sequence[ReconciliationStage]
) -> list[ReconciliationTotal]:
    """The rows and their steps, summed over sources and periods."""
    found = []
    for whole in dict.fromkeys(map(whole_of, rows)):
        mine = [row for row in rows if whole_of(row) == whole]
        at: dict[str, Decimal] = dict.fromkeys(("spread", "claimed", "arrived"), ZERO)
        for stage in stages:
            if whole_of(stage) == whole and stage.stage in at:
                at[stage.stage] += stage.amount
        sums = _sums(mine, ("charged", "allocated", "idle", "unallocated", "rejected"))
        found.append(
            ReconciliationTotal.model_validate(
                {
                    **dict(zip(("perspective", "currency", "metric"), whole, strict=True)),
                    **sums,
                    **at,
                    "difference": sums["charged"] - at["arrived"],
                    "rejected_rows": sum(row.rejected_rows for row in mine),
                }
            )
        )
    return found


def by_rule(rules: Sequence[ReconciliationRule]) -> list[RuleTotal]:
    """What each rule took, summed over sources and periods."""
    found: dict[tuple[str, ...], list[ReconciliationRule]] = {}
    for rule in rules:
        found.setdefault((*whole_of(rule), rule.rule), []).append(rule)
    names = ("claimed", "allocated", "idle", "unallocated", "difference")
    return [
        RuleTotal.model_validate(
            {
                **dict(zip(("perspective", "currency", "metric", "rule"), key, strict=True)),
                "method": max(rule.method for rule in mine),
                **_sums(mine, names),
            }
        )
        for key, mine in found.items()
    ]
