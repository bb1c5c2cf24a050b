"""What alerting looks at: how much of what is included each customer has used."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal

from apportion.credits.customers import Terms
from apportion.credits.entitlements import buy_url, plan_named
from apportion.credits.standing import Standing
from apportion.credits.units import credits_of, time_of


@dataclass(frozen=True)
class Used:
    """A customer in the period that runs, from `start` up to but not including `until`.

    `percent` is `used` of `included`; `marks` are the percentages at which somebody is told; `beside` is what
    is left of credits that were bought, given or carried over; `contact` is the customer's own address, as it
    was given. Days are those of `zone`.
    """

    customer: str
    name: str
    plan: str
    title: str
    start: date
    until: date
    resets_at: datetime
    included: Decimal
    used: Decimal
    percent: Decimal
    marks: tuple[int, ...]
    beyond: str
    contact: str = ""
    buy_url: str = ""
    beside: Decimal = Decimal(0)
    zone: tzinfo = UTC


def used(terms: Terms, standings: Iterable[Standing]) -> list[Used]:
    """Of customers whose plan includes credits."""
    return [
        Used(
            customer=one.customer,
            name=terms.customers.names.get(one.customer) or one.customer,
            plan=plan.name,
            title=plan.title,
            start=one.period.start,
            until=one.period.until,
            resets_at=time_of(one.resets_at),
            included=credits_of(one.included),
            used=credits_of(one.used),
            percent=one.percent,
            marks=tuple(one.warns_at),
            beyond=one.plan.beyond if one.plan else "none",
            contact=one.contact,
            buy_url=buy_url(terms, one) or "",
            beside=credits_of(one.beside),
            zone=terms.zone,
        )
        for one in standings
        if (plan := plan_named(one)) and one.included is not None and one.percent is not None
    ]
