"""Customers who have used so much of the credits of their plan: each mark told once in a period."""

from collections.abc import Iterable
from decimal import Decimal
from urllib.parse import quote

from apportion.alerts.channels.contacts import is_contact
from apportion.alerts.rules.results import Results
from apportion.alerts.rules.settings import PlanRule
from apportion.alerts.signals import Severity, Signal
from apportion.analytics.sentences import count
from apportion.credits.watched import Used

BEYOND = {
    "overage": "What goes beyond them has a price.",
    "throttle": "What goes beyond them is slower.",
    "stop": "Beyond them nothing more is done.",
}


def signals(rule: PlanRule, name: str, asked: Results) -> Iterable[Signal]:
    """One for each mark that a customer has reached; it stands until the credits are filled up again.

    Their own contact is written to where the rule has a channel for that, in words that are theirs to read.
    """
    for one in asked.used(asked.now):
        for mark in one.marks:
            if one.percent >= mark:
                yield _signal(rule, name, one, mark, asked)


def _signal(rule: PlanRule, name: str, one: Used, mark: int, asked: Results) -> Signal:
    severity: Severity = "critical" if rule.critical is not None and mark >= rule.critical else "warning"
    contact = one.contact if rule.contacts and is_contact(one.contact) else ""
    unusable = bool(rule.contacts) and bool(one.contact) and not contact
    return Signal(
        rule=name,
        key=f"customer={one.customer} plan={one.plan} {one.start} {mark} %",
        severity=severity,
        title=f"{one.name} has used {mark} % of the credits of {one.title}",
        text=_text(one, asked),
        at=asked.now,
        dimensions={"customer": one.customer, "plan": one.plan},
        value=one.percent,
        limit=Decimal(mark),
        unit="percent",
        link=one.buy_url if contact else f"/credits/{quote(one.customer, safe='')}",
        lines=("Its contact is no e-mail address, so nobody there was told.",) if unusable else (),
        final=True,
        until=one.resets_at,
        contact=contact,
    )


def _text(one: Used, asked: Results) -> str:
    days = max(0, (one.until - asked.now.astimezone(one.zone).date()).days)
    said = f"{_plain(one.used)} of {_plain(one.included)} credits since {one.start:%-d %b %Y}."
    again = f"They are filled up again on {one.until:%-d %b %Y}, in {count(days, 'day')}."
    return " ".join(part for part in (said, again, _then(one)) if part)


def _then(one: Used) -> str:
    """What comes after what is included: other credits, as long as there are any."""
    if one.beside > 0:
        return f"{_plain(one.beside)} credits beside them are left."
    return BEYOND.get(one.beyond, "")


def _plain(credits_: Decimal) -> str:
    return f"{credits_.quantize(Decimal('0.01')).normalize():,f}"
