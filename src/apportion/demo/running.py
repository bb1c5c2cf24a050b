"""Bills what runs: the hours of machines and the consumption of metered services, day by day."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from apportion.core.money import split_running
from apportion.demo.charges import Charges, Line, fingerprint, hours_since_epoch
from apportion.demo.company import AWS_ACCOUNTS, AWS_PAYER, AZURE_SUBSCRIPTION, GCP_PROJECTS, Account
from apportion.demo.fleet import BUSY_FUNCTION, PLAN, RESERVATION, Running, fleet
from apportion.demo.prices import PRICE_UNIT, QUANTITY_UNIT, RESERVED, SAVINGS_PLAN, Sku, catalogue, cost
from apportion.demo.rhythm import busy, by_hour, hours_on
from apportion.demo.tags import SPELLINGS, spell

INCIDENT = date(2026, 10, 13)
INCIDENT_COST = 4000 * PRICE_UNIT
_INCIDENT_HOURS = range(2, 24)
_REGIONS = {"aws": "us-east-1", "gcp": "us-central1", "azure": "germanywestcentral"}
PLAN_ARN = f"arn:aws:savingsplans::{AWS_PAYER.id}:savingsplan/{fingerprint('compute plan', 32)}"
RESERVATION_ARN = f"arn:aws:rds:us-east-1:{AWS_PAYER.id}:ri:{fingerprint('shared-db reservation', 12)}"
COMMITMENTS = {
    PLAN: (PLAN_ARN, "Compute Savings Plan", "Spend", SAVINGS_PLAN),
    RESERVATION: (RESERVATION_ARN, "Reserved Instance", "Usage", RESERVED),
}


def bill_fleet(charges: Charges, seed: int) -> None:
    """All usage charges of the fleet, in the order of its declaration."""
    for item in fleet():
        dice = random.Random(f"{seed}/{item.name}/{item.sku}")
        if item.machines:
            for number in range(1, item.amount + 1):
                _machine(charges, item, number, dice.randrange(SPELLINGS))
        else:
            _metered(charges, item, dice)


def covered_price(sku: Sku, commitment: str) -> int:
    """What an hour costs under the commitment, in 10⁻¹⁰ dollars."""
    return int(sku.list_price * COMMITMENTS[commitment][3])


def committed_price(commitment: str) -> int:
    """What all machines that the commitment was bought for cost an hour, in 10⁻¹⁰ dollars."""
    return sum(
        item.amount * covered_price(catalogue()[item.sku], commitment)
        for item in fleet()
        if item.commitment == commitment
    )


def _machine(charges: Charges, item: Running, number: int, spelling: int) -> None:
    sku = catalogue()[item.sku]
    line = _line(item, sku, f"{item.name}-{number}", spelling)
    index = charges.open(line)
    price = line.contracted_price
    costs = [line.list_price, price, price, price]
    if item.commitment:
        costs = [line.list_price, price, 0, covered_price(sku, item.commitment)]
    for day in charges.days:
        if not item.on(day):
            continue
        midnight = hours_since_epoch(day)
        if sku.provider != "aws":  # the others bill a machine's day in one charge
            charges.charge(
                index, midnight, midnight + 24, 24 * QUANTITY_UNIT, [24 * amount for amount in costs]
            )
            continue
        for hour in hours_on(item.rhythm, day):
            start = midnight + hour
            charges.charge(index, start, start + 1, QUANTITY_UNIT, costs)
            if item.commitment:
                used = (item.commitment, start)
                charges.committed[used] = charges.committed.get(used, 0) + costs[3]


def _metered(charges: Charges, item: Running, dice: random.Random) -> None:
    sku = catalogue()[item.sku]
    line = _line(item, sku, item.name, dice.randrange(SPELLINGS))
    index = charges.open(line)
    usual = item.amount / 30 * PRICE_UNIT / line.contracted_price * QUANTITY_UNIT
    for day in charges.days:
        if not item.on(day):
            continue
        midnight, amount = hours_since_epoch(day), usual * busy(item.rhythm, day, dice)
        surplus = _surplus(item, day)
        for start, end, amount_read in _readings(item, amount):
            more = surplus.get(start, 0)
            paid = cost(amount_read, line.contracted_price) + more
            quantity = amount_read + more * QUANTITY_UNIT // line.contracted_price
            costs = [cost(quantity, line.list_price), paid, paid, paid]
            charges.charge(index, midnight + start, midnight + end, quantity, costs)


def _readings(item: Running, amount: float) -> Iterator[tuple[int, int, int]]:
    """First hour, end and quantity of each reading of one day's meter."""
    if not item.hourly:
        yield 0, 24, round(amount)
        return
    for hour, part in enumerate(by_hour(item.rhythm, amount)):
        yield hour, hour + 1, round(part)


def _surplus(item: Running, day: date) -> dict[int, int]:
    """What the misconfigured function costs too much, by hour, in 10⁻¹⁰ dollars."""
    if item.name != BUSY_FUNCTION or day != INCIDENT:
        return {}
    parts = split_running(INCIDENT_COST, [1] * len(_INCIDENT_HOURS))
    return dict(zip(_INCIDENT_HOURS, parts, strict=True))


def _line(item: Running, sku: Sku, name: str, spelling: int) -> Line:
    account = _account(item, sku)
    region = _REGIONS[sku.provider]
    described = f"{sku.meter}, {sku.key}" if item.machines else sku.meter
    tags = spell(item.owner, spelling, name, item.feature, labels=sku.provider == "gcp")
    line = Line(
        provider=sku.provider,
        account=account,
        region=region,
        service=sku.service,
        category=sku.category,
        subcategory=sku.subcategory,
        sku=sku.id,
        meter=sku.meter,
        unit=sku.unit,
        description=f"{described}: ${sku.price:f} per {sku.unit.removesuffix('s')}",
        resource_id=resource_id(sku, account, region, name),
        resource_name=name,
        resource_type=sku.resource,
        owner=item.owner,
        tags=tags,
        list_price=sku.list_price,
        contracted_price=sku.contracted_price,
        hourly=item.hourly,
    )
    if not item.commitment:
        return line
    arn, kind, category, _ = COMMITMENTS[item.commitment]
    return replace(
        line,
        pricing_category="Committed",
        commitment=arn,
        commitment_type=kind,
        commitment_category=category,
        commitment_status="Used",
        description=f"{described} covered by {kind}",
    )


def _account(item: Running, sku: Sku) -> Account:
    if sku.provider == "azure":
        return AZURE_SUBSCRIPTION
    return (AWS_ACCOUNTS if sku.provider == "aws" else GCP_PROJECTS)[item.environment]


def resource_id(sku: Sku, account: Account, region: str, name: str) -> str:
    if sku.provider == "gcp":
        return f"//{sku.namespace}.googleapis.com/projects/{account.id}/{sku.resource}/{name}"
    if sku.provider == "azure":
        group = f"/subscriptions/{account.id}/resourceGroups/rg-tenants"
        return f"{group}/providers/{sku.namespace}/{sku.resource}/{name}"
    own = f"i-{fingerprint(name + sku.key)}" if sku.resource == "instance" else name
    return f"arn:aws:{sku.namespace}:{region}:{account.id}:{sku.resource}/{own}"
