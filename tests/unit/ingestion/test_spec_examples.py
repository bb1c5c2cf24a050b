"""The FOCUS specification's own worked examples: what they say of commitments and prices holds in the ledger."""

import csv
import io
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ingestion_bills import Loader

EXAMPLES = Path(__file__).parents[4] / "shared/data/focus/spec_examples_1.2"
FOUND = sorted(EXAMPLES.rglob("*.csv"))
COMMITMENT = "<my-commitment-discount-id>"
TERM = 8760
"""Hours of the year that the scenarios' commitments last."""
METRICS = ("BilledCost", "EffectiveCost")
TOKENS = (
    "PricingCurrency",
    "PricingCurrencyContractedUnitPrice",
    "PricingCurrencyEffectiveCost",
    "PricingCurrencyListUnitPrice",
    "PricingQuantity",
    "PricingUnit",
)

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not EXAMPLES.exists(), reason="the public samples are not here"),
]


def example(name: str) -> Path:
    (path,) = [p for p in FOUND if p.stem == name]
    return path


def records(path: Path) -> list[dict[str, str]]:
    """The rows of an example, with what it leaves out.

    Those of commitments name no currency: a price is a number there. One ends an hour at 'T30:00:00', a slip
    for six in the morning of the next day.
    """
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    slip = {"2023-02-01T30:00:00Z": "2023-02-02T06:00:00Z"}
    return [{"BillingCurrency": "USD", **{k: slip.get(v, v) for k, v in row.items()}} for row in rows]


def load(loader: Loader, name: str) -> list[dict[str, str]]:
    """Load an example, and give its rows."""
    rows = records(example(name))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    loader.load(loader.write("\ufeff" + text.getvalue(), f"{name}.csv"))
    return rows


def number(text: str) -> Decimal:
    return Decimal(text.strip().lstrip("$").replace(",", ""))


def by_status(loader: Loader) -> Mapping[tuple[str, str | None], tuple[Decimal, Decimal]]:
    """BilledCost and EffectiveCost of what belongs to the commitment, by category and status."""
    found = loader.rows(
        "SELECT ChargeCategory, CommitmentDiscountStatus, sum(BilledCost), sum(EffectiveCost) FROM charges "
        f"WHERE CommitmentDiscountId = '{COMMITMENT}' GROUP BY ALL"
    )
    return {(category, status): (billed, effective) for category, status, billed, effective in found}


def test_all_of_them_are_here() -> None:
    assert len(FOUND) == 26


@pytest.mark.parametrize("name", [path.stem for path in FOUND])
def test_it_is_loaded_whole(loader: Loader, name: str) -> None:
    rows = load(loader, name)
    want = (len(rows), *(sum(number(row[metric]) for row in rows) for metric in METRICS))
    assert loader.rows("SELECT count(*), sum(BilledCost), sum(EffectiveCost) FROM charges") == [want]


@pytest.mark.parametrize("name", [path.stem for path in FOUND if "commitment" in path.parent.name])
def test_purchases_are_billed_and_usage_bears_the_cost(loader: Loader, name: str) -> None:
    load(loader, name)
    for (category, status), (billed, effective) in by_status(loader).items():
        if category == "Purchase":
            assert (status, effective) == (None, 0)
            assert billed > 0
        else:
            assert status in ("Used", "Unused")
            assert billed == 0
            assert effective > 0


@pytest.mark.parametrize("name", [path.stem for path in FOUND if "flexibility" in path.parent.name])
def test_what_was_paid_is_what_was_used_and_what_was_not(loader: Loader, name: str) -> None:
    load(loader, name)
    found = by_status(loader)
    billed, _ = found["Purchase", None]
    assert billed == sum(effective for (category, _), (_, effective) in found.items() if category == "Usage")


@pytest.mark.parametrize(
    ("purchase", "usage", "used", "unused"),
    [("1", "1", "1", "0"), ("2", "2", "0", "1"), ("3", "3", "0.75", "0.25"), ("1", "4", "1", "0")],
)
def test_an_hour_bears_its_part_of_the_term(
    loader: Loader, purchase: str, usage: str, used: str, unused: str
) -> None:
    load(loader, f"commitment_discount_usage_scenario_{usage}")
    found = by_status(loader)
    hour = {status: effective for (_, status), (_, effective) in found.items()}
    assert (hour.get("Used", 0), hour.get("Unused", 0)) == (Decimal(used), Decimal(unused))
    bought = records(example(f"commitment_discount_purchase_scenario_{purchase}"))
    once = sum(Decimal(r["BilledCost"]) for r in bought if r["ChargeFrequency"] == "One-Time")
    each = {Decimal(r["BilledCost"]) for r in bought if r["ChargeFrequency"] == "Recurring"} or {Decimal(0)}
    assert {once + TERM * fee for fee in each} == {TERM * sum(hour.values())}


@pytest.mark.parametrize("scenario", ["2", "3"])
def test_what_nobody_used_is_the_commitment_itself(loader: Loader, scenario: str) -> None:
    load(loader, f"commitment_discount_usage_scenario_{scenario}")
    unused = "SELECT ResourceId, ConsumedQuantity FROM charges WHERE CommitmentDiscountStatus = 'Unused'"
    assert loader.rows(unused) == [(COMMITMENT, None)]


@pytest.mark.parametrize("name", [path.stem for path in FOUND if "spend_agreements" in path.stem])
def test_an_agreement_costs_what_it_is_billed_whenever_that_is(loader: Loader, name: str) -> None:
    load(loader, name)
    assert loader.rows("SELECT sum(BilledCost), sum(EffectiveCost) FROM charges") == [(1200, 1200)]
    upfront = loader.rows("SELECT BilledCost, EffectiveCost FROM charges WHERE ChargeCategory = 'Purchase'")
    assert upfront == ([(1200, 0)] if "_b" in name else [])


@pytest.mark.parametrize("name", [path.stem for path in FOUND if "virtual_currency" in path.stem])
def test_prices_in_tokens_are_kept(loader: Loader, name: str) -> None:
    rows = load(loader, name)
    got = loader.rows(f"SELECT {', '.join(TOKENS)} FROM charges ORDER BY x_SourceLine")
    assert got == [tuple(_typed(column, row[column]) for column in TOKENS) for row in rows]


def _typed(column: str, text: str) -> Any:
    return text if column in ("PricingCurrency", "PricingUnit") else number(text)


def test_money_from_a_spreadsheet_is_read_and_told(loader: Loader) -> None:
    rows = load(loader, "simple_saas_agreements_c")
    assert rows[0]["BilledCost"] == "$10,100.00 "
    assert loader.value("SELECT min(BilledCost) FROM charges") == Decimal(10_100)
    (note, *_) = loader.load(loader.folder / "simple_saas_agreements_c.csv", source="other")[0].notes
    assert "commas between thousands" in note
