"""Anthropic's costs: cents of the API and dollars of the console become the same charges."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apportion.conformance import Order, export_focus
from apportion.connectors import bill_connector
from apportion.core.errors import BadInput
from apportion.engine import connect
from apportion.ingestion import LoadRecord, ingest_bill
from apportion.ledger import Ledger
from servers.ai_admin import ANTHROPIC_COSTS, Admin, Result, as_json, charge

SEPTEMBER = {
    "starting_at": ["2026-09-01T00:00:00Z"], "ending_at": ["2026-09-03T00:00:00Z"],
    "bucket_width": ["1d"], "group_by[]": ["description"],
}  # fmt: skip
LINES = [
    charge("uncached_input_tokens", "123.78912"),
    charge("cache_read_input_tokens", "0.5", None),
    charge("cache_creation.ephemeral_5m_input_tokens", "1"),
    charge("cache_creation.ephemeral_1h_input_tokens", "2.000000000005", inference_geo="us"),
    charge("output_tokens", "10000", context_window="200k-1M", service_tier="batch"),
    charge(
        "", "300", cost_type="web_search", model=None, token_type=None, context_window=None, service_tier=None
    ),
    charge("uncached_input_tokens", "-50"),
]
CONSOLE = (
    "usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,cost_type,inference_geo,speed\n"
    "2026-09-01,Claude Haiku 4.5,Default,shop,message,≤ 200k,input_no_cache,0.05,0.06,token,not_available,\n"
    "2026-09-01,Claude 3.5 Sonnet 2024-10-22,Default,shop,message,> 200k,input_cache_write_1h,0.10,0.10,token,us,fast\n"
    "2026-09-02,,Search,,message,,,1.00,1.00,web_search,,\n"
)


def saved(folder: Path, *results: Result) -> Path:
    admin, path = Admin(), folder / "report.json"
    admin.tell(ANTHROPIC_COSTS, "2026-09-01", *results)
    path.write_text(as_json(admin.page(ANTHROPIC_COSTS, SEPTEMBER)))
    return path


def load(folder: Path, *files: Path) -> list[LoadRecord]:
    return ingest_bill(Ledger(folder / "ledger"), "anthropic", bill_connector("anthropic"), [*files])


def ask(folder: Path, select: str) -> list[tuple[Any, ...]]:
    con = connect()
    Ledger(folder / "ledger").snapshot().register(con)
    return con.execute(f"SELECT {select} FROM charges ORDER BY x_SourceLine").fetchall()


def test_amounts_are_cents_to_the_last_digit(tmp_path: Path) -> None:
    (record,) = load(tmp_path, saved(tmp_path, *LINES))
    billed = [amount for (amount,) in ask(tmp_path, "BilledCost")]
    # 0.02000000000005 has two digits more than an amount holds: it is rounded once, half away from zero.
    assert billed == [Decimal(a) for a in ("1.2378912", "0.005", "0.01", "0.02", "100", "3", "-0.5")]
    assert record.totals[0].BilledCost == sum(billed) == Decimal("103.7728912")
    assert [(c.kind, c.amount) for c in record.controls] == [
        ("Usage", Decimal("104.2728912")),
        ("Credit", Decimal("-0.5")),
    ]
    assert load(tmp_path, tmp_path / "report.json")[0].status == "unchanged"


def test_kinds_of_tokens_are_those_of_operations(tmp_path: Path) -> None:
    load(tmp_path, saved(tmp_path, *LINES))
    model = "claude-sonnet-4-5-20250929"
    assert ask(
        tmp_path, "Tags['model'], Tags['token_kind'], Tags['context_window'], SubAccountId, SkuId"
    ) == [
        (model, "input", "0-200k", "wrkspc_shop", f"{model}/input"),
        (model, "cache_read", "0-200k", None, f"{model}/cache_read"),
        (model, "cache_write", "0-200k", "wrkspc_shop", f"{model}/cache_write"),
        (model, "cache_write_1h", "0-200k", "wrkspc_shop", f"{model}/cache_write_1h"),
        (model, "output", "200k-1M", "wrkspc_shop", f"{model}/output/batch/200k-1M"),
        (None, None, None, "wrkspc_shop", "web_search"),
        (model, "input", "0-200k", "wrkspc_shop", None),
    ]


def test_the_console_export_names_models_as_people_do(tmp_path: Path) -> None:
    path = tmp_path / "claude.csv"
    path.write_text(CONSOLE)
    load(tmp_path, path)
    select = "Tags['model'], Tags['token_kind'], Tags['context_window'], BilledCost, ListCost, SubAccountId, RegionId"
    assert ask(tmp_path, select) == [
        ("claude-haiku-4-5", "input", "0-200k", Decimal("0.05"), Decimal("0.06"), "Default", None),
        (
            "claude-3-5-sonnet-20241022",
            "cache_write_1h",
            "200k-1M",
            Decimal("0.1"),
            Decimal("0.1"),
            "Default",
            "us",
        ),
        (None, None, None, Decimal(1), Decimal(1), "Search", None),
    ]


def test_report_and_export_of_the_same_cost_are_not_taken_together(tmp_path: Path) -> None:
    (tmp_path / "claude.csv").write_text(CONSOLE)
    with pytest.raises(BadInput, match="which have the same cost"):
        load(tmp_path, tmp_path / "claude.csv", saved(tmp_path, *LINES))


def test_another_providers_export_is_told_whose_it_is(tmp_path: Path) -> None:
    path = tmp_path / "claude.csv"
    path.write_text(CONSOLE)
    with pytest.raises(BadInput, match="use connector anthropic"):
        ingest_bill(Ledger(tmp_path / "ledger"), "x", bill_connector("openai"), [path])


@pytest.mark.parametrize("version", ["1.2", "1.4"])
@pytest.mark.parametrize("form", ["report", "console"])
def test_charges_are_as_focus_wants_them(version: str, form: str, tmp_path: Path) -> None:
    path = saved(tmp_path, *LINES)
    if form == "console":
        path = tmp_path / "claude.csv"
        path.write_text(CONSOLE)
    load(tmp_path, path)
    (exported,) = export_focus(Ledger(tmp_path / "ledger"), tmp_path / "out", Order(version))
    assert (exported.rows, exported.report.failures) == ({"report": 7, "console": 3}[form], ())
