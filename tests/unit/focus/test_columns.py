"""The one table of FOCUS columns, and what is read out of it."""

import importlib.util
import json
from pathlib import Path
from typing import get_args

import pytest

from apportion import focus
from apportion.core.errors import NotFound
from apportion.focus.columns import Stored

REPOSITORY = Path(__file__).parents[3]
SPECIFICATION = REPOSITORY.parent / "shared" / "data" / "focus" / "columns.json"


def test_versions_have_as_many_columns_as_the_specification() -> None:
    assert [len(focus.columns_of(v)) for v in focus.VERSIONS] == [43, 50, 57, 65, 65]


def test_the_ledger_keeps_costs_and_quantities_as_decimals() -> None:
    kept = focus.charge_columns()
    assert {kept[m] for m in focus.METRICS} == {"DECIMAL(28,12)"}
    assert kept["ConsumedQuantity"] == kept["ListUnitPrice"] == "DECIMAL(38,12)"
    assert kept["ChargePeriodStart"] == "TIMESTAMPTZ"
    assert kept["Tags"] == kept["AllocatedTags"] == "MAP(VARCHAR, VARCHAR)"
    assert kept["SkuPriceDetails"] == "VARCHAR"


def test_1_4_removed_the_names_that_1_3_deprecated() -> None:
    provider = focus.column("ProviderName")
    assert (provider.deprecated, provider.removed) == ("1.3", "1.4")
    assert provider.exists_in("1.3")
    assert not provider.exists_in("1.4")


def test_rules_of_a_column_follow_the_version() -> None:
    currency = focus.column("PricingCurrency")
    assert currency.at("1.3").nullable
    assert not currency.at("1.4").nullable
    assert focus.column("InvoiceId").at("1.4").level == "Conditional"


def test_every_word_for_how_a_column_is_kept_is_known() -> None:
    assert {c.stored for c in focus.superset().values()} <= set(get_args(Stored))


def test_headers_are_recognised_in_any_case() -> None:
    assert focus.canonical_name(" skupriceID ") == "SkuPriceId"
    assert focus.canonical_name("x_Discount") is None


@pytest.mark.parametrize("version", focus.VERSIONS)
def test_a_file_with_all_columns_of_a_version_is_taken_for_it(version: str) -> None:
    assert focus.detect_version([c.name for c in focus.columns_of(version)]) == version


def test_unknown_names_are_refused() -> None:
    with pytest.raises(NotFound, match="no column 'Cost'"):
        focus.column("Cost")
    with pytest.raises(NotFound, match="2.0"):
        focus.columns_of("2.0")


def test_the_reference_page_is_current() -> None:
    spec = importlib.util.spec_from_file_location("focus_columns", REPOSITORY / "docs" / "focus_columns.py")
    assert spec is not None
    assert spec.loader is not None
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    assert writer.PAGE.read_text(encoding="utf-8") == writer.page(), "run python docs/focus_columns.py"


@pytest.mark.data
@pytest.mark.skipif(not SPECIFICATION.exists(), reason="the public samples are not here")
@pytest.mark.parametrize("version", focus.VERSIONS)
def test_the_table_agrees_with_the_specification(version: str) -> None:
    described = json.loads(SPECIFICATION.read_text(encoding="utf-8"))["versions"][version]
    theirs = {
        c["name"]: (c["feature_level"], c["nullable"], c["data_type"])
        for c in described["datasets"]["CostAndUsage"]
    }
    ours = {c.name: (c.level, c.nullable, c.type) for c in focus.columns_of(version)}
    assert ours == theirs
