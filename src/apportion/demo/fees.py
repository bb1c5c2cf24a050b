"""What is on a bill beside usage: commitments, support, tax, subscriptions, credits, refunds, purchases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from apportion.demo.charges import Charges, Line, fingerprint, first_of_month, hours_since_epoch, month_end
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
from apportion.demo.prices import PRICE_UNIT, QUANTITY_UNIT, Sku, catalogue
from apportion.demo.running import COMMITMENTS, committed_price, resource_id
from apportion.demo.tags import spell

_BY_ACCOUNT = Owner(NONE, INTERNAL_TEAM, PRODUCTION)  # what the workspace says of the management account
LICENCE_DAY = date(2026, 9, 14)
REFUNDED_DAY, REFUND_PERIOD = date(2026, 8, 19), date(2026, 9, 1)
NUMBER_LEASES, LICENCE_PRICE, REFUND = 10, 1250, 640


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
    """A line of the management account, unless `more` says otherwise."""
    line = Line(
        provider="aws",
        account=AWS_PAYER,
        region="",
        service=service,
        category=category,
        subcategory=f"Other ({category})",
        sku=fingerprint(name, 16).upper(),
        meter=description,
        unit="Months",
        description=description,
        resource_id="",
        resource_name="",
        resource_type="",
        owner=_BY_ACCOUNT,
        tags={},
        frequency="Recurring",
        pricing_category=None,
        charge_category="Purchase",
    )
    return replace(line, **more)  # type: ignore[arg-type]


def _sku_fee(name: str, sku: Sku, owner: Owner, description: str, **more: object) -> Line:
    """A fee or correction for a SKU of the catalogue in the production account."""
    account, region = AWS_ACCOUNTS[PRODUCTION], "us-east-1"
    known = {
        "account": account,
        "region": region,
        "owner": owner,
        "tags": spell(owner, 2, name),
        "subcategory": sku.subcategory,
        "unit": sku.unit,
        "charge_category": "Usage",
        "pricing_category": "Standard",
        "resource_id": resource_id(sku, account, region, name),
        "resource_name": name,
        "resource_type": sku.resource,
    }
    return _fee(name, sku.service, sku.category, description, **{**known, **more})


def _commitment(commitment: str, service: str, category: str, *, unused: bool) -> Line:
    arn, kind, measured_by, _ = COMMITMENTS[commitment]
    line = _fee(
        f"{commitment} {unused}",
        service,
        category,
        f"{kind}, {'unused' if unused else 'recurring fee'}",
        unit="Hours",
        commitment=arn,
        commitment_type=kind,
        commitment_category=measured_by,
        resource_id=arn,
        resource_type=kind,
    )
    if not unused:
        return line
    return replace(
        line,
        charge_category="Usage",
        frequency="Usage-Based",
        commitment_status="Unused",
        pricing_category="Committed",
    )


def _savings_plan(charges: Charges) -> None:
    """An hourly fee; whatever of it no machine used in an hour is a charge of its own, Unused."""
    hourly = committed_price(PLAN)
    purchase = charges.open(_commitment(PLAN, "AWS Savings Plans", "Compute", unused=False))
    unused = charges.open(_commitment(PLAN, "AWS Savings Plans", "Compute", unused=True))
    start = hours_since_epoch(charges.days[0])
    for hour in range(start, start + 24 * len(charges.days)):
        charges.charge(purchase, hour, hour + 1, QUANTITY_UNIT, [hourly, hourly, hourly, 0])
        if left := hourly - charges.committed.get((PLAN, hour), 0):
            charges.charge(unused, hour, hour + 1, 0, [0, 0, 0, left])


def _reservation(charges: Charges) -> None:
    """One fee a month, invoiced at its start; the machines it covers run all the time."""
    sku = catalogue()["db.r6g.4xlarge"]
    purchase = charges.open(_commitment(RESERVATION, sku.service, sku.category, unused=False))
    for first, end in _months(charges.days):
        start, stop = hours_since_epoch(first), hours_since_epoch(end)
        fee = committed_price(RESERVATION) * (stop - start)
        charges.charge(purchase, start, stop, (stop - start) * QUANTITY_UNIT, [fee, fee, fee, 0])


def _monthly(charges: Charges, first: date, end: date) -> None:
    """A whole month's fees, or the part of them that falls on the days there are."""
    start, stop = hours_since_epoch(first), hours_since_epoch(end)
    month = (month_end(first) - first_of_month(first)).days
    for line, cents in _subscriptions():
        amount = cents * (end - first).days // month * (PRICE_UNIT // 100)
        quantity = QUANTITY_UNIT if line.charge_category == "Purchase" else 0
        charges.charge(charges.open(line), start, stop, quantity, [amount] * 4)
    if first.day == 1:
        _number_leases(charges, start)
        credit = _fee(
            "credit", "AWS Credits", "Other", "Migration programme credit", charge_category="Credit"
        )
        index = charges.open(replace(credit, frequency="One-Time", unit=""))
        charges.charge(index, start, start + 24, 0, [-300 * PRICE_UNIT] * 4)


def _subscriptions() -> Iterator[tuple[Line, int]]:
    """What every month brings, and its cents; all of it belongs to the whole month."""
    support = _fee("support", "AWS Support", "Management and Governance", "Business support, monthly fee")
    support = replace(support, subcategory="Support")
    yield support, 62_000
    yield replace(support, charge_category="Tax", description="Sales tax on support", unit=""), 5_270
    monitoring, warehouse = owner_of("monitoring", PRODUCTION), owner_of("warehouse", PRODUCTION)
    apm = _fee(
        "apm", "Application performance monitoring, 40 hosts", "Management and Governance", "Subscription"
    )
    agreement = f"arn:aws:aws-marketplace:us-east-1:{AWS_PAYER.id}:agreement/{fingerprint('apm', 12)}"
    yield (
        replace(
            apm,
            account=AWS_ACCOUNTS[PRODUCTION],
            subcategory="Observability",
            owner=monitoring,
            tags=spell(monitoring, 1, "apm"),
            publisher="Larkspur Observability",
            resource_id=agreement,
        ),
        124_000,
    )
    credit = _fee("analysis", "BigQuery", "Databases", "Committed spend credit", charge_category="Credit")
    yield (
        replace(
            credit,
            provider="gcp",
            account=GCP_PROJECTS[PRODUCTION],
            region="us-central1",
            unit="",
            owner=warehouse,
            tags=spell(warehouse, 0, "analysis", labels=True),
        ),
        -17_500,
    )


def _number_leases(charges: Charges, start: int) -> None:
    """The whole month's phone numbers are charged on its first day, and count there."""
    sku = catalogue()["sms-number"]
    line = _sku_fee(
        "sms-numbers",
        sku,
        owner_of("notifications", PRODUCTION),
        f"{sku.meter}: ${sku.price:f} per month",
        list_price=sku.list_price,
        contracted_price=sku.contracted_price,
    )
    paid = NUMBER_LEASES * sku.contracted_price
    costs = [NUMBER_LEASES * sku.list_price, paid, paid, paid]
    charges.charge(charges.open(line), start, start + 24, NUMBER_LEASES * QUANTITY_UNIT, costs)


def _licence(charges: Charges) -> None:
    """Bought once, dated to the end of the month: its cost stays on the day it was bought."""
    if LICENCE_DAY not in charges.days:
        return
    owner = owner_of("dispatch-api", STAGING)
    line = _fee(
        "load test",
        "Load test suite, perpetual licence",
        "Developer Tools",
        "Marketplace purchase",
        frequency="One-Time",
        account=AWS_ACCOUNTS[STAGING],
        owner=owner,
        tags=spell(owner, 4, "load-test-licence"),
        publisher="Copperline Testing",
        unit="Licences",
    )
    start, end = hours_since_epoch(LICENCE_DAY), hours_since_epoch(month_end(LICENCE_DAY))
    charges.charge(charges.open(line), start, end, QUANTITY_UNIT, [LICENCE_PRICE * PRICE_UNIT] * 4)


def _refund(charges: Charges) -> None:
    """September's bill takes back what August's charged too much: a correction in the earlier period."""
    if REFUNDED_DAY not in charges.days:
        return
    line = _sku_fee(
        "production-exports",
        catalogue()["s3-storage"],
        owner_of("exports", PRODUCTION),
        "Refund: storage metered twice",
        charge_class="Correction",
        frequency="Usage-Based",
        billed_in=REFUND_PERIOD,
    )
    start, refund = hours_since_epoch(REFUNDED_DAY), [-REFUND * PRICE_UNIT] * 4
    charges.charge(charges.open(line), start, start + 24, 0, refund)
