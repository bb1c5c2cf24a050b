"""The specification's examples of commitments as AWS reports them: what was paid is what was used and what was not.

Every commitment here lasts four hours and costs 1.00 in all, 0.25 an hour, however it is paid.
"""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from aws_bills import charges, line

PLAN = "arn:aws:savingsplans::100000000001:savingsplan/p-1"
RESERVATION = "arn:aws:ec2:eu-west-1:100000000001:reserved-instances/r-1"
HOURS = 4
PAID = {"no upfront": ("0", "1"), "partial upfront": ("0.5", "0.5"), "all upfront": ("1", "0")}
"""What is paid at once, and what over the four hours."""
USED = {"100 %": 4, "50 %": 2, "0 %": 0}
"""Hours in which an instance runs."""
EACH = [(paid, used) for paid in PAID for used in USED]


def hour(n: int, **more: str) -> dict[str, str]:
    return line(
        lineItem_UsageStartDate=f"2026-09-01T0{n}:00:00Z",
        lineItem_UsageEndDate=f"2026-09-01T0{n + 1}:00:00Z",
        **more,
    )


def plan(paid: str, used: int) -> list[dict[str, str]]:
    """A savings plan of 0.25 an hour; its instance costs 0.40 on demand."""
    once, over_time = map(Decimal, PAID[paid])
    mine = {"savingsPlan_SavingsPlanARN": PLAN}
    fees = (
        [line(lineItem_LineItemType="SavingsPlanUpfrontFee", lineItem_UnblendedCost=str(once), **mine)]
        if once
        else []
    )
    recurring = [
        hour(
            n,
            lineItem_LineItemType="SavingsPlanRecurringFee",
            lineItem_UnblendedCost=str(over_time / HOURS),
            savingsPlan_TotalCommitmentToDate="0.25",
            savingsPlan_UsedCommitment="0.25" if n < used else "0",
            **mine,
        )
        for n in range(HOURS)
    ]
    covered = [
        hour(
            n,
            lineItem_LineItemType="SavingsPlanCoveredUsage",
            lineItem_ResourceId="i-1",
            lineItem_UnblendedCost="0.40",
            savingsPlan_SavingsPlanEffectiveCost="0.25",
            **mine,
        )
        for n in range(used)
    ]
    negated = [
        hour(n, lineItem_LineItemType="SavingsPlanNegation", lineItem_UnblendedCost="-0.40", **mine)
        for n in range(used)
    ]
    return [*fees, *recurring, *covered, *negated]


def reservation(paid: str, used: int) -> list[dict[str, str]]:
    """A reservation of one instance; its fee of the month is one line."""
    once, over_time = map(Decimal, PAID[paid])
    mine, unused = {"reservation_ReservationARN": RESERVATION}, HOURS - used
    upfront = line(
        lineItem_LineItemType="Fee", bill_BillType="Purchase", lineItem_UnblendedCost=str(once), **mine
    )
    monthly = line(
        lineItem_LineItemType="RIFee",
        lineItem_UsageAmount=str(HOURS),
        lineItem_UnblendedCost=str(over_time),
        reservation_UnusedQuantity=str(unused),
        reservation_UnusedAmortizedUpfrontFeeForBillingPeriod=str(once / HOURS * unused),
        reservation_UnusedRecurringFee=str(over_time / HOURS * unused),
        **mine,
    )
    discounted = [
        hour(
            n,
            lineItem_LineItemType="DiscountedUsage",
            lineItem_ResourceId="i-1",
            lineItem_UnblendedCost="0",
            reservation_EffectiveCost="0.25",
            **mine,
        )
        for n in range(used)
    ]
    return [*([upfront] if once else []), monthly, *discounted]


def sums(tmp_path: Path, lines: Sequence[dict[str, str]]) -> dict[str, tuple[str, str]]:
    """BilledCost and EffectiveCost by what the charge is to the commitment."""
    (*found,) = charges(
        tmp_path, lines, "coalesce(CommitmentDiscountStatus, ChargeCategory)", "BilledCost", "EffectiveCost"
    )
    made: dict[str, tuple[Decimal, Decimal]] = {}
    for kind, billed, effective in found:
        before = made.get(kind, (Decimal(0), Decimal(0)))
        made[kind] = (before[0] + Decimal(billed), before[1] + Decimal(effective))
    return {
        kind: (f"{billed.normalize():f}", f"{effective.normalize():f}")
        for kind, (billed, effective) in made.items()
    }


WANTED = {
    "100 %": {"Purchase": ("1", "0"), "Used": ("0", "1")},
    "50 %": {"Purchase": ("1", "0"), "Used": ("0", "0.5"), "Unused": ("0", "0.5")},
    "0 %": {"Purchase": ("1", "0"), "Unused": ("0", "1")},
}


@pytest.mark.parametrize(("paid", "used"), EACH)
def test_a_savings_plan_costs_what_was_paid_used_or_not(tmp_path: Path, paid: str, used: str) -> None:
    assert sums(tmp_path, plan(paid, USED[used])) == WANTED[used]


@pytest.mark.parametrize(("paid", "used"), EACH)
def test_a_reservation_costs_what_was_paid_used_or_not(tmp_path: Path, paid: str, used: str) -> None:
    assert sums(tmp_path, reservation(paid, USED[used])) == WANTED[used]


def test_an_hour_that_a_plan_covers_in_part_is_covered_and_billed_in_part(tmp_path: Path) -> None:
    fee = hour(
        0,
        lineItem_LineItemType="SavingsPlanRecurringFee",
        lineItem_UnblendedCost="0.25",
        savingsPlan_SavingsPlanARN=PLAN,
        savingsPlan_TotalCommitmentToDate="0.25",
        savingsPlan_UsedCommitment="0.25",
    )
    covered = hour(
        0,
        lineItem_LineItemType="SavingsPlanCoveredUsage",
        lineItem_UsageAmount="0.625",
        lineItem_UnblendedCost="0.40",
        savingsPlan_SavingsPlanARN=PLAN,
        savingsPlan_SavingsPlanEffectiveCost="0.25",
    )
    rest = hour(0, lineItem_UsageAmount="0.375", lineItem_UnblendedCost="0.24")
    assert sums(tmp_path, [fee, covered, rest]) == {
        "Purchase": ("0.25", "0"),
        "Used": ("0", "0.25"),
        "Usage": ("0.24", "0.24"),
    }


@pytest.mark.parametrize(
    ("lines", "commitment", "quantity", "unit"),
    [
        (plan("no upfront", 3), PLAN, "0.25", "USD"),
        (reservation("partial upfront", 3), RESERVATION, "1", "Hours"),
    ],
    ids=["savings plan", "reservation"],
)
def test_what_nobody_used_is_usage_of_the_commitment_itself(
    tmp_path: Path, lines: list[dict[str, str]], commitment: str, quantity: str, unit: str
) -> None:
    wanted = (
        "ChargeCategory",
        "ResourceId",
        "CommitmentDiscountId",
        "PricingCategory",
        "BilledCost",
        "EffectiveCost",
        "CommitmentDiscountQuantity",
        "CommitmentDiscountUnit",
        "ConsumedQuantity",
    )
    found = [
        row for row in charges(tmp_path, lines, "CommitmentDiscountStatus", *wanted) if row[0] == "Unused"
    ]
    assert found == [
        ("Unused", "Usage", commitment, commitment, "Committed", "0", "0.25", quantity, unit, None),
    ]


@pytest.mark.parametrize(
    ("lines", "category"),
    [(plan("partial upfront", 2), "Spend"), (reservation("partial upfront", 2), "Usage")],
    ids=["savings plan", "reservation"],
)
def test_every_charge_of_a_commitment_names_it(
    tmp_path: Path, lines: list[dict[str, str]], category: str
) -> None:
    found = charges(tmp_path, lines, "CommitmentDiscountId", "CommitmentDiscountCategory")
    assert {found_category for _, found_category in found} == {category}
    assert len({commitment for commitment, _ in found}) == 1


def test_a_purchase_is_paid_once_or_again_and_again(tmp_path: Path) -> None:
    wanted = ("ChargeFrequency", "BilledCost", "EffectiveCost")
    found = charges(tmp_path, reservation("partial upfront", 4), "ChargeCategory", *wanted)
    assert [row for row in found if row[0] == "Purchase"] == [
        ("Purchase", "One-Time", "0.5", "0"),
        ("Purchase", "Recurring", "0.5", "0"),
    ]


def test_used_and_unused_follow_the_net_prices_where_the_report_has_them(tmp_path: Path) -> None:
    # Half of everything: a private discount of 50 %.
    lines = reservation("partial upfront", 2)
    for made in lines:
        net = str(Decimal(made["lineItem/UnblendedCost"]) / 2)
        made["lineItem/NetUnblendedCost"] = net
        for name in ("EffectiveCost", "UnusedAmortizedUpfrontFeeForBillingPeriod", "UnusedRecurringFee"):
            if gross := made.get(f"reservation/{name}"):
                made[f"reservation/Net{name}"] = str(Decimal(gross) / 2)
    assert sums(tmp_path, lines) == {"Purchase": ("0.5", "0"), "Used": ("0", "0.25"), "Unused": ("0", "0.25")}
