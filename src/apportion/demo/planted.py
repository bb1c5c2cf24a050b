"""What was planted for a good analysis to find, with its numbers, taken from the books and the bill."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from apportion.core.money import from_units, percent, plain
from apportion.demo.bearers import IDLE
from apportion.demo.books import EFFECTIVE, Books, between
from apportion.demo.charges import BOOK_UNITS, Charges, day_of
from apportion.demo.company import NONE, PRODUCTION, STAGING, TEAMS, WORK_HOURS, Owner, working
from apportion.demo.customers import CUSTOMERS
from apportion.demo.fees import LICENCE_DAY, LICENCE_PRICE, NUMBER_LEASES, REFUND, REFUND_PERIOD, REFUNDED_DAY
from apportion.demo.fleet import (
    ASSISTANT_LAUNCH,
    BUSY_FUNCTION,
    BUSY_SERVICE,
    MAP_MATCHING_RIGHTSIZED,
    ROUTE_OPTIMIZER_V3,
    owner_of,
)
from apportion.demo.prices import PRICE_UNIT, catalogue
from apportion.demo.running import INCIDENT, INCIDENT_COST
from apportion.demo.truth import Span, both, text, total, windows

_AROUND = 14


def planted(books: Books, charges: Charges, told: dict[str, Any]) -> dict[str, Any]:
    """The planted facts that lie within the days there are."""
    spans, out_of_hours = windows(books.days), _out_of_hours(charges)
    facts: dict[str, Any] = {
        "losing_customers": _losing(told),
        "staging_above_production": {name: _staging_above(books, span) for name, span in spans.items()},
        "staging_out_of_hours": {
            "work_hours_utc": [WORK_HOURS.start, WORK_HOURS.stop],
            "EffectiveCost": {
                name: text(sum(units for day, units in out_of_hours.items() if span[0] <= day < span[1]))
                for name, span in spans.items()
            },
        },
        "untagged": {name: _untagged(charges, span) for name, span in spans.items()},
        "cluster_idle": {name: _cluster_idle(books, span) for name, span in spans.items()},
        "deployments": [
            _level_shift(books, service, day)
            for service, day in (
                ("route-optimizer", ROUTE_OPTIMIZER_V3),
                ("insights-assistant", ASSISTANT_LAUNCH),
                ("map-matching", MAP_MATCHING_RIGHTSIZED),
            )
            if books.days[0] < day
        ],
        "month_starts": [
            {"day": str(day), "service": "notifications", "EffectiveCost": text(_leases())}
            for day in books.days
            if day.day == 1
        ],
    }
    if INCIDENT in books.days:
        facts["incident"] = _incident(books)
    if REFUNDED_DAY in books.days:
        facts["refund"] = {
            "day": str(REFUNDED_DAY),
            "billing_period": f"{REFUND_PERIOD:%Y-%m}",
            "service": "exports",
            "BilledCost": f"-{REFUND}.00",
        }
    if LICENCE_DAY in books.days:
        facts["one_time_purchase"] = {
            "day": str(LICENCE_DAY),
            "service": "dispatch-api",
            "environment": STAGING,
            "BilledCost": f"{LICENCE_PRICE}.00",
        }
    return facts


def _leases() -> int:
    return NUMBER_LEASES * catalogue()["sms-number"].contracted_price * BOOK_UNITS


def _losing(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Customers that pay less than their cost of revenue, over all days and over the last thirty."""
    losing = []
    for customer in CUSTOMERS:
        rows = {name: told[name]["customers"][customer.id] for name in ("all", "last_30_days")}
        if all(Decimal(row["gross_margin"]["EffectiveCost"]) < 0 for row in rows.values()):
            losing.append(
                {
                    "customer_id": customer.id,
                    "monthly_revenue": f"{customer.monthly}.00",
                    **{
                        name: {
                            "revenue": row["revenue"],
                            **{
                                k: row[k]["EffectiveCost"]
                                for k in ("cost", "cost_of_revenue", "gross_margin")
                            },
                        }
                        for name, row in rows.items()
                    },
                }
            )
    return losing


def _staging_above(books: Books, span: Span) -> list[dict[str, str]]:
    """Every pair of a team whose staging costs more than another team's production."""
    sums: dict[tuple[str, str], int] = {}
    for (day, place), pair in books.day_costs.items():
        if not place.idle and span[0] <= day < span[1]:
            key = (place.owner.team, place.owner.environment)
            sums[key] = sums.get(key, 0) + pair[EFFECTIVE]
    return [
        {
            "team": a,
            "staging": text(sums[a, STAGING]),
            "other_team": b,
            "production": text(sums[b, PRODUCTION]),
        }
        for a in TEAMS
        for b in TEAMS
        if a != b and sums[a, STAGING] > sums[b, PRODUCTION]
    ]


def _out_of_hours(charges: Charges) -> dict[date, int]:
    """Hourly cost tagged staging outside working hours, by day."""
    staging = [line.hourly and line.owner.environment == STAGING for line in charges.lines]
    columns = charges.columns
    by_day: dict[date, int] = dict.fromkeys(charges.days, 0)
    for line, start, effective in zip(columns["line"], columns["start"], columns["effective"], strict=True):
        if staging[line] and not working(day_of(start), start % 24):
            by_day[day_of(start)] += effective * BOOK_UNITS
    return by_day


def _untagged(charges: Charges, span: Span) -> dict[str, str | None]:
    """Cost of charges without any tag that no account answers for either, and its share of all cost."""
    bare = [
        line.owner == Owner() and not line.tags and line.commitment_status != "Unused"
        for line in charges.lines
    ]
    first, end = ((day - date(1970, 1, 1)).days for day in span)
    everything = {k: v for k, v in charges.effective.items() if first <= k[1] < end}
    units, whole = sum(v for (line, _), v in everything.items() if bare[line]), sum(everything.values())
    share = percent(from_units(units), from_units(whole))
    return {"EffectiveCost": text(units), "share_pct": None if share is None else plain(share)}


def _cluster_idle(books: Books, span: Span) -> dict[str, str]:
    """What nobody used of the cluster, with its part of what the cluster takes of other services."""
    entries = between(books.customers, *span)
    return both(total(pair for e, pair in entries.items() if e.target == IDLE and e.service != NONE))


def _service_day(books: Books, service: str, day: date) -> int:
    """What a service's shared production cost on one day."""
    owner = owner_of(service, PRODUCTION)
    return sum(
        pair[EFFECTIVE]
        for (at, place), pair in books.day_costs.items()
        if at == day and not place.idle and place.owner == owner
    )


def _level_shift(books: Books, service: str, day: date) -> dict[str, str]:
    """Mean daily production cost of a service over the fortnights before and from a deployment."""
    before = [d for d in books.days if day - timedelta(days=_AROUND) <= d < day]
    after = [d for d in books.days if day <= d < day + timedelta(days=_AROUND)]
    means = [sum(_service_day(books, service, d) for d in part) // len(part) for part in (before, after)]
    return {
        "day": str(day),
        "service": service,
        "daily_before": text(means[0]),
        "daily_after": text(means[1]),
    }


def _incident(books: Books) -> dict[str, str]:
    """The misconfigured function; a usual day is the same weekday a week before."""
    week_before = INCIDENT - timedelta(days=7)
    usual = _service_day(books, BUSY_SERVICE, week_before) if week_before in books.days else 0
    return {
        "day": str(INCIDENT),
        "service": BUSY_SERVICE,
        "ServiceName": catalogue()["lambda-gbs"].service,
        "ResourceName": BUSY_FUNCTION,
        "extra": plain(Decimal(INCIDENT_COST // PRICE_UNIT).quantize(Decimal("0.01"))),
        "service_that_day": text(_service_day(books, BUSY_SERVICE, INCIDENT)),
        "service_week_before": text(usual),
    }
