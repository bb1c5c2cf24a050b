"""What is on a bill beside usage: commitments, support, tax, subscriptions, credits, refunds, one-off purchases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from apportion.demo.charges import Charges, Line, first_of_month, fingerprint, hours_since_epoch, month_end
from apportion.demo.company import (
    AWS_ACCOUNTS,
    AWS_PAYER,
    GCP_PROJECTS,
    INTERNAL_TEAM,
    NONE,
    PRODUCTION,
    STAGING,
    Owner,
)
from apportion.demo.fleet import PLAN, RESERVATION, owner_of
from apportion.demo.prices import PRICE_UNIT, QUANTITY_UNIT, SKUS
from apportion.demo.running import COMMITMENTS, committed_price
from apportion.demo.tags import spell

_BY_ACCOUNT = Owner(NONE, INTERNAL_TEAM, PRODUCTION)  # what the workspace says of the management account
LICENCE_DAY = date(2026, 9, 14)
REFUNDED_DAY, REFUND_PERIOD = date(2026, 8, 19), date(2026, 9, 1)
NUMBER_LEASES = 10


def bill_fees(charges: Charges) -> None:
    """Everything that is not usage of the fleet."""
    _savings_plan(charges)
    _reservation(charges)
    for first, end in _months(charges.days):
        _monthly(charges, first, end)
    _licence(charges)
    _refund(charges)


def _months(days: tuple[date, ...]) -> Iterator[tuple[date, date]]:
    """First day and end of each month, as far as the calendar reaches."""
    start, stop = days[0], days[-1] + timedelta(days=1)
    while start < stop:
        end = min(month_end(start), stop)
        yield start, end
        start = end


def _fee(name: str, service: str, category: str, description: str, **more: object) -> Line:
    line = Line(
        provider="aws", account=AWS_PAYER, region="", service=service, category=category, subcategory=f"Other ({category})",
        sku=fingerprint(name, 16).upper(), meter="", unit="", description=description, resource_id="", resource_name="",
        resource_type="", owner=_BY_ACCOUNT, tags={}, frequency="Recurring", pricing_category=None,
    )  # fmt: skip
    return replace(line, **more)  # type: ignore[arg-type]


def _commitment(commitment: str, service: str, *, unused: bool) -> Line:
    arn, kind, category, _ = COMMITMENTS[commitment]
    line = _fee(
        f"{commitment} {unused}", service, "Compute", f"{kind}, {'unused' if unused else 'recurring fee'}",
        commitment=arn, commitment_type=kind, commitment_category=category, resource_id=arn, resource_type=kind,
    )  # fmt: skip
    if not unused:
        return replace(line, charge_category="Purchase")
    return replace(line, frequency="Usage-Based", commitment_status="Unused", pricing_category="Committed",
                   owner=Owner())  # fmt: skip


def _savings_plan(charges: Charges) -> None:
    """An hourly fee; whatever of it no machine used in an hour is a charge of its own, Unused."""
    hourly = committed_price(PLAN)
    purchase = charges.open(_commitment(PLAN, "AWS Savings Plans", unused=False))
    unused = charges.open(_commitment(PLAN, "AWS Savings Plans", unused=True))
    start = hours_since_epoch(charges.days[0])
    for hour in range(start, start + 24 * len(charges.days)):
        charges.charge(purchase, hour, hour + 1, QUANTITY_UNIT, [hourly, hourly, hourly, 0])
        if left := hourly - charges.committed.get((PLAN, hour), 0):
            charges.charge(unused, hour, hour + 1, 0, [0, 0, 0, left])


def _reservation(charges: Charges) -> None:
    """One fee a month, invoiced at its start; the machines it covers run all the time."""
    purchase = charges.open(_commitment(RESERVATION, SKUS["db.r6g.4xlarge"].service, unused=False))
    for first, end in _months(charges.days):
        start, stop = hours_since_epoch(first), hours_since_epoch(end)
        fee = committed_price(RESERVATION) * (stop - start)
        charges.charge(purchase, start, stop, (stop - start) * QUANTITY_UNIT, [fee, fee, fee, 0])


def _monthly(charges: Charges, first: date, end: date) -> None:
    """A whole month's fees, or the part of them that falls on the days there are."""
    start, stop = hours_since_epoch(first), hours_since_epoch(end)
    month = (month_end(first) - first_of_month(first)).days

    def spread(line: Line, cents: int) -> None:
        amount = cents * (end - first).days // month * (PRICE_UNIT // 100)
        charges.charge(charges.open(line), start, stop, QUANTITY_UNIT, [amount] * 4)

    spread(_fee("support", "AWS Support", "Management and Governance", "Business support, monthly fee"), 98_000)
    spread(_fee("tax", "AWS Support", "Management and Governance", "Sales tax on support", charge_category="Tax",
                tags={}), 8_330)  # fmt: skip
    monitoring = owner_of("monitoring", PRODUCTION)
    spread(
        _fee(
            "apm", "Application performance monitoring, 40 hosts", "Management and Governance",
            "Marketplace subscription, monthly", charge_category="Purchase", account=AWS_ACCOUNTS[PRODUCTION],
            owner=monitoring, tags=spell(monitoring, 1, "apm"), publisher="Larkspur Observability",
            resource_id=f"arn:aws:aws-marketplace:us-east-1:{AWS_PAYER.id}:agreement/{fingerprint('apm', 12)}",
        ), 124_000,
    )  # fmt: skip
    warehouse = owner_of("warehouse", PRODUCTION)
    spread(
        _fee(
            "analysis credit", "BigQuery", "Analytics", "Committed spend credit", provider="gcp",
            account=GCP_PROJECTS[PRODUCTION], charge_category="Credit", owner=warehouse,
            tags=spell(warehouse, 0, "analysis", labels=True), region="us-central1",
        ), -17_500,
    )  # fmt: skip
    if first.day == 1:
        _number_leases(charges, start)
        credit = _fee("migration credit", "AWS Credits", "Other", "Migration programme credit", charge_category="Credit",
                      frequency="One-Time")  # fmt: skip
        charges.charge(charges.open(credit), start, start + 24, 0, [-300 * PRICE_UNIT] * 4)


def _number_leases(charges: Charges, start: int) -> None:
    """The whole month's phone numbers are charged on its first day, and count there."""
    sku, owner = SKUS["sms-number"], owner_of("notifications", PRODUCTION)
    line = _fee(
        "numbers", sku.service, sku.category, f"{sku.meter}: ${sku.price} per month", account=AWS_ACCOUNTS[PRODUCTION],
        owner=owner, tags=spell(owner, 2, "sms-numbers"), region="us-east-1", unit=sku.unit, meter=sku.meter,
        subcategory=sku.subcategory, list_price=sku.list_price, contracted_price=sku.contracted_price,
        pricing_category="Standard", resource_type=sku.resource,
        resource_id=f"arn:aws:sms-voice:us-east-1:{AWS_ACCOUNTS[PRODUCTION].id}:phone-number/sms-numbers",
    )  # fmt: skip
    paid = NUMBER_LEASES * sku.contracted_price
    costs = [NUMBER_LEASES * sku.list_price, paid, paid, paid]
    charges.charge(charges.open(line), start, start + 24, NUMBER_LEASES * QUANTITY_UNIT, costs)


def _licence(charges: Charges) -> None:
    """Bought once, dated to the end of the month: its cost stays on the day it was bought."""
    if LICENCE_DAY not in charges.days:
        return
    owner = owner_of("dispatch-api", STAGING)
    line = _fee(
        "load test", "Load test suite, perpetual licence", "Developer Tools", "Marketplace purchase",
        charge_category="Purchase", frequency="One-Time", account=AWS_ACCOUNTS[STAGING], owner=owner,
        tags=spell(owner, 4, "load-test-licence"), publisher="Copperline Testing",
    )  # fmt: skip
    start, end = hours_since_epoch(LICENCE_DAY), hours_since_epoch(month_end(LICENCE_DAY))
    charges.charge(charges.open(line), start, end, QUANTITY_UNIT, [1450 * PRICE_UNIT] * 4)


def _refund(charges: Charges) -> None:
    """September's bill takes back what August's charged too much: a correction in the earlier period."""
    if REFUNDED_DAY not in charges.days:
        return
    sku, owner = SKUS["s3-storage"], owner_of("exports", PRODUCTION)
    line = _fee(
        "refund", sku.service, sku.category, "Refund: storage metered twice", charge_class="Correction",
        frequency="Usage-Based", account=AWS_ACCOUNTS[PRODUCTION], owner=owner, region="us-east-1",
        tags=spell(owner, 0, "production-exports"), subcategory=sku.subcategory, pricing_category="Standard",
        resource_id=f"arn:aws:simple:us-east-1:{AWS_ACCOUNTS[PRODUCTION].id}:bucket/production-exports",
    )  # fmt: skip
    start = hours_since_epoch(REFUNDED_DAY)
    charges.charge(charges.open(line), start, start + 24, 0, [-640 * PRICE_UNIT] * 4, period=REFUND_PERIOD)
