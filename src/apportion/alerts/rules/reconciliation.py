"""Statements that do not add up, and what was refused or failed: loads, runs, and what looks at them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from urllib.parse import urlencode

from apportion.alerts.rules.results import Failing, Failure, Results
from apportion.alerts.rules.settings import ReconciliationRule as Watched
from apportion.alerts.signals import Signal
from apportion.analytics.reconciliation import reconciliation
from apportion.analytics.reconciliation.models import (
    ReconciliationRow,
    ReconciliationRule,
    ReconciliationStage,
    Stated,
)
from apportion.analytics.sentences import money

Line = ReconciliationRow | ReconciliationStage | ReconciliationRule
Bill = tuple[str, str, str, str]
STANDS = "What was there before still stands."
FAILED: Mapping[Failing, tuple[str, str, str]] = {
    "load": ("Bringing in data failed", STANDS, "/data"),
    "run": ("The allocation failed", STANDS, "/data"),
    "anomalies": ("Looking for anomalies failed", "Nobody hears of new ones until it works.", "/anomalies"),
    "budgets": ("Keeping budgets failed", "Nobody hears of what they have spent until it works.", "/budgets"),
    "forecasts": ("Keeping forecasts failed", "Today's cannot be judged later until it works.", "/data"),
}
"""What failed, what follows from it, and where to look."""


def signals(rule: Watched, name: str, asked: Results) -> Iterable[Signal]:
    """One for each bill with a difference at any step, and one for what failed when it was last tried."""
    if asked.con is not None:
        yield from _differences(name, asked)
    if rule.failures:
        yield from (_failed(name, failure) for failure in asked.failures())


def _differences(name: str, asked: Results) -> Iterable[Signal]:
    con, facts = asked.run
    statement = reconciliation(con, facts)
    worst: dict[Bill, Decimal] = {}
    lines: list[Line] = [*statement.rows, *statement.stages, *statement.rules]
    for line in lines:
        if line.difference and abs(line.difference) > abs(worst.get(_bill(line), Decimal(0))):
            worst[_bill(line)] = line.difference
    for (perspective, source, period, currency), difference in sorted(worst.items()):
        bill = {"perspective": perspective, "source": source, "period": period}
        yield Signal(
            rule=name,
            key=f"{perspective}/{source}/{period}/{currency}",
            severity="critical",
            title=f"{source} in {period} does not add up",
            text=f"What was charged and what was attributed by {perspective} differ by "
            f"{money(difference, currency)} in run {facts.run_id}.",
            at=asked.now,
            dimensions={"source": source, "perspective": perspective},
            value=difference,
            limit=Decimal(0),
            unit=currency,
            link=f"/reconciliation?{urlencode(bill)}",
        )


def _bill(line: Stated) -> Bill:
    return line.perspective, line.source, line.billing_period, line.currency


def _failed(name: str, failure: Failure) -> Signal:
    """What stood before still stands, so only a run that does not reconcile is critical."""
    title, follows, link = FAILED[failure.what]
    return Signal(
        rule=name,
        key=f"failed={failure.what}",
        severity="critical" if failure.what == "run" else "warning",
        title=title,
        text=f"{failure.message} {follows}",
        at=failure.at,
        link=link,
    )
