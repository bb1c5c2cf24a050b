"""Each rule can fail, and a bill as FOCUS wants it breaks none."""

from pathlib import Path

import duckdb
import pytest

from apportion import focus
from apportion.conformance import rules_of, validate
from apportion.conformance.rules import SUPPORTED
from apportion.focus.rules import row_rules
from focus_bills import CLEAN, PURCHASE, UNUSED, USAGE, write
from focus_violations import row_that_breaks, text_columns


@pytest.mark.parametrize("version", focus.VERSIONS)
def test_a_bill_as_the_specification_wants_it_breaks_no_rule(version: str, tmp_path: Path) -> None:
    report = validate([write(tmp_path / "bill.csv", CLEAN, version)], version)
    assert report.passed
    assert (report.failures, report.warnings) == ((), ())
    assert report.rows == len(CLEAN)


@pytest.mark.parametrize("version", focus.VERSIONS)
def test_each_rule_finds_the_row_that_breaks_it(version: str, tmp_path: Path) -> None:
    examples = {r.id: row for r in rules_of(version) if (row := row_that_breaks(r))}
    path = write(tmp_path / "bill.csv", [*CLEAN, *examples.values()], version)
    found = {f.rule.id: {s.line for s in f.samples} for f in validate([path], version, samples=1000).findings}
    line = len(CLEAN) + 2
    missed = [rule for i, rule in enumerate(examples) if line + i not in found[rule]]
    assert missed == []
    assert min(min(lines) for rule, lines in found.items() if lines and rule in examples) >= line


@pytest.mark.parametrize("version", focus.VERSIONS)
def test_typed_files_are_held_to_their_types(version: str, tmp_path: Path) -> None:
    path = tmp_path / "bill.parquet"
    columns = [c.name for c in focus.columns_of(version)]
    listed = ", ".join(f'1 AS "{name}"' for name in columns)
    duckdb.sql(f"COPY (SELECT {listed}) TO '{path}' (FORMAT parquet)")
    report = validate([path], version)
    broken = {f.rule.column for f in report.failures if f.rule.id.endswith(".type")}
    numbers = {c.name for c in focus.columns_of(version) if c.stored in ("money", "number")}
    assert broken == set(columns) - numbers
    assert broken.issuperset(text_columns(version))


def test_mandatory_columns_are_missed_and_recommended_ones_missed_less(tmp_path: Path) -> None:
    for version in focus.VERSIONS:
        path = tmp_path / "other.csv"
        path.write_text("day,amount\n2026-09-01,1\n")
        report = validate([path], version)
        missing = {f.rule.column for f in report.failures if f.rule.id.endswith(".present")}
        assert missing == {c.name for c in focus.columns_of(version) if c.level == "Mandatory"}
        missed = {f.rule.column for f in report.warnings if f.rule.id.endswith(".present")}
        assert missed == {c.name for c in focus.columns_of(version) if c.level == "Recommended"} - set(
            SUPPORTED
        )
        assert not any(f.judged for f in report.findings if f.rule.check == "row")


def test_names_of_columns_are_judged(tmp_path: Path) -> None:
    path = write(
        tmp_path / "bill.csv", CLEAN, "1.2", more=["x_Fine", "x_odd-name", "Extra", "InvoiceDetailId"]
    )
    text = path.read_text().replace("AvailabilityZone,BilledCost", "availabilityzone,BilledCost")
    path.write_text(text)
    broken = {f.rule.id: list(f.samples[0].values) for f in validate([path], "1.2").findings if f.violations}
    assert broken["columns.named"] == ["Extra", "InvoiceDetailId"]
    assert broken["columns.custom"] == ["x_odd-name"]
    assert broken["columns.spelling"] == ["availabilityzone"]
    assert "columns.order" in broken


def test_records_with_too_many_values_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "bill.csv", CLEAN, "1.2")
    path.write_text(path.read_text() + "one," * 90 + "\n")
    broken = {f.rule.id: f.violations for f in validate([path], "1.2").failures}
    assert broken == {"file.records": 1}


def test_purchases_of_a_commitment_cost_what_its_use_does(tmp_path: Path) -> None:
    short = UNUSED | {"EffectiveCost": "2.30", "PricingCurrencyEffectiveCost": "2.30"}
    path = write(tmp_path / "bill.csv", [PURCHASE, UNUSED, short], "1.2")
    finding = one(path, "CommitmentDiscountId.sum")
    assert (finding.rows, finding.violations) == (1, 1)
    assert finding.samples[0].values["EffectiveCost of usage"] == "4.700000000000"
    assert finding.samples[0].values["BilledCost of purchases"] == "4.800000000000"


def test_a_commitment_bought_before_the_data_begins_is_not_judged(tmp_path: Path) -> None:
    longer = PURCHASE | {"ChargePeriodStart": "2026-08-01T00:00:00Z"}
    finding = one(write(tmp_path / "bill.csv", [longer, UNUSED], "1.2"), "CommitmentDiscountId.sum")
    assert (finding.rows, finding.violations) == (0, 0)


@pytest.mark.parametrize(
    ("rule", "column"),
    [
        ("SkuPriceId.one-sku", "SkuId"),
        ("InvoiceId.one-currency", "BillingCurrency"),
        ("BillingAccountId.one-name", "BillingAccountName"),
    ],
)
def test_what_belongs_to_one_thing_belongs_to_one_thing(rule: str, column: str, tmp_path: Path) -> None:
    here = write(tmp_path / "one.csv", [USAGE], "1.2")
    there = write(tmp_path / "two.csv", [USAGE | {column: "EUR"}], "1.2")
    found = {f.rule.id: f for f in validate([here, there], "1.2").findings}
    assert found[rule].violations == 1
    assert "EUR" in str(found[rule].samples[0].values[column])


def one(path: Path, rule: str):  # noqa: ANN201
    return next(f for f in validate([path], "1.2").findings if f.rule.id == rule)


def test_every_rule_names_columns_that_its_versions_have() -> None:
    for rule in row_rules():
        assert rule.level in ("MUST", "SHOULD", "MAY")
        for version in focus.VERSIONS:
            names = {c.name for c in focus.columns_of(version)}
            assert not rule.applies_to(version) or names.issuperset(rule.columns), rule.id


def test_rules_have_names_of_their_own() -> None:
    for version in focus.VERSIONS:
        ids = [rule.id for rule in rules_of(version)]
        assert len(ids) == len(set(ids))
