"""What every connector for bills must do; a new one is added to CONNECTORS and gets these tests for free."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from apportion import focus
from apportion.connectors import BROKEN, BillConnector, Form, Origin, bill_connector, find_files
from apportion.core.errors import BadInput
from apportion.engine import connect

ORIGIN = Origin("aws", "load-1", "2026-09")


def _focus_csv(folder: Path) -> Path:
    path = folder / "bill.csv"
    path.write_text(
        "BilledCost,EffectiveCost,BillingCurrency,BillingPeriodStart,ChargePeriodStart,ChargeCategory,Extra\n"
        "1.5,1.25,USD,2026-09-01T00:00:00Z,2026-09-03T10:00:00Z,Usage,kept\n"
        "oops,1,USD,2026-09-01T00:00:00Z,2026-09-03T10:00:00Z,Usage,kept\n"
    )
    return path


def _focus_parquet(folder: Path) -> Path:
    path = folder / "bill.parquet"
    duckdb.sql(
        f"COPY (FROM read_csv('{_focus_csv(folder)}', all_varchar = true)) TO '{path}' (FORMAT parquet)"
    )
    return path


def _gcp_json(folder: Path) -> Path:
    path = folder / "bill.json"
    times = '"usage_start_time": "2026-09-03T10:00:00Z", "invoice": {"month": "202609"}'
    path.write_text(
        "".join(
            f'{{"billing_account_id": "01AB", "cost": {cost}, "currency": "USD", {times}, "Extra": "kept"}}\n'
            for cost in ("1.5", '"oops"')
        )
    )
    return path


def _gcp_parquet(folder: Path) -> Path:
    path = folder / "bill.parquet"
    rows = f"SELECT * REPLACE (cost->>'$' AS cost) FROM read_json('{_gcp_json(folder)}')"
    duckdb.sql(f"COPY ({rows}) TO '{path}' (FORMAT parquet)")
    return path


def _cost_explorer(folder: Path) -> Path:
    path = folder / "cost-explorer-2026-09.csv"
    path.write_text(
        "billing_period_start,day,record_type,service,billing_account,currency,unblended_cost,amortized_cost,Extra\n"
        "2026-09-01T00:00:00Z,2026-09-03T00:00:00Z,Usage,AWS Lambda,111111111111,USD,1.5,1.25,kept\n"
        "2026-09-01T00:00:00Z,2026-09-03T00:00:00Z,Usage,AWS Lambda,111111111111,USD,oops,1,kept\n"
    )
    return path


def _azure(folder: Path) -> Path:
    path = folder / "bill.csv"
    path.write_text(
        "Date,CostInBillingCurrency,BillingCurrency,SubscriptionId,Extra\n"
        "09/30/2026,1.5,EUR,sub-1,kept\n"
        "09/30/2026,oops,EUR,sub-1,kept\n"
    )
    return path


def _oracle(folder: Path) -> Path:
    path = folder / "cost.csv"
    path.write_text(
        "lineItem/intervalUsageStart,lineItem/intervalUsageEnd,cost/myCost,cost/currencyCode,Extra\n"
        "2026-09-03T10:00Z,2026-09-03T11:00Z,1.5,USD,kept\n"
        "2026-09-03T10:00Z,2026-09-03T11:00Z,oops,USD,kept\n"
    )
    return path


def _openai(folder: Path) -> Path:
    path = folder / "costs.json"
    results = ", ".join(
        f'{{"amount": {{"value": {value}, "currency": "usd"}}, "line_item": "gpt-4o, input", "Extra": "kept"}}'
        for value in ("1.5", '"oops"')
    )
    path.write_text(
        '{"data": [{"start_time": 1788393600, "end_time": 1788480000, "results": ['
        f'{results}]}}], "has_more": false, "next_page": null}}'
    )
    return path


def _anthropic(folder: Path) -> Path:
    path = folder / "costs.json"
    results = ", ".join(
        f'{{"amount": "{value}", "currency": "USD", "Extra": "kept"}}' for value in ("150", "oops")
    )
    path.write_text(
        '{"data": [{"starting_at": "2026-09-03T00:00:00Z", "ending_at": "2026-09-04T00:00:00Z", "results": ['
        f'{results}]}}], "has_more": false, "next_page": null}}'
    )
    return path


def _claude_console(folder: Path) -> Path:
    path = folder / "costs.csv"
    path.write_text(
        "usage_date_utc,model,token_type,cost_usd,Extra\n"
        "2026-09-03,Claude Haiku 4.5,output,1.5,kept\n"
        "2026-09-03,Claude Haiku 4.5,output,oops,kept\n"
    )
    return path


def _mapped_csv(folder: Path) -> Path:
    path = folder / "bill.csv"
    path.write_text("day,amount,Extra\n2026-09-03,1.5,kept\n2026-09-04,oops,kept\n")
    return path


_MAPPED = {
    "columns": {"ChargePeriodStart": "day", "BilledCost": "amount"},
    "values": {"BillingCurrency": "USD", "ServiceProviderName": "Lookout"},
}


@dataclass(frozen=True)
class Case:
    """A connector and a writer of its smallest bill: one good row of 1.50 and one whose cost is no number.

    `cost` is what the bill calls its cost; `settings` are those of the source.
    """

    name: str
    write: Callable[[Path], Path]
    cost: str = "BilledCost"
    settings: Mapping[str, Any] = field(default_factory=dict)


CONNECTORS = [
    Case("anthropic", _anthropic, "amount"),
    Case("anthropic", _claude_console, "cost_usd"),
    Case("aws-cost-explorer", _cost_explorer, "unblended_cost"),
    Case("azure", _azure, "line_cost"),
    Case("focus", _focus_csv),
    Case("focus", _focus_parquet),
    Case("gcp", _gcp_json, "cost"),
    Case("gcp", _gcp_parquet, "cost"),
    Case("mapped", _mapped_csv, "amount", _MAPPED),
    Case("openai", _openai, "amount_value"),
    Case("oracle", _oracle, "my_cost"),
]


@pytest.fixture(params=CONNECTORS, ids=lambda case: f"{case.name} {case.write.__name__}")
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    return connect(threads=1)


@pytest.fixture
def connector(case: Case) -> BillConnector:
    return bill_connector(case.name, case.settings)


def test_rows_become_charges_and_broken_ones_are_marked(
    case: Case, connector: BillConnector, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (file,) = find_files([case.write(tmp_path)])
    (reading,) = connector.read([file], con)
    with reading.rows.streams(1, nulls=False)[0] as stream:
        con.execute(f"CREATE TABLE charges AS {reading.select(stream, Form(loose=True), ORIGIN)}")
    described = {name: kind for name, kind, *_ in con.execute("DESCRIBE charges").fetchall()}
    wanted = {
        c: k.replace("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE") for c, k in focus.charge_columns().items()
    }
    assert described == wanted
    rows = con.execute(
        "SELECT BilledCost, x_BillingPeriod, x_Source, x_Repairs, x_Columns FROM charges"
    ).fetchall()
    good, bad = rows
    assert good[:3] == (Decimal("1.5"), "2026-09", "aws")
    assert good[3] < BROKEN
    assert bad[3] == BROKEN
    assert bad[4] == {case.cost: "oops"}


def test_a_reading_says_what_it_read(
    case: Case, connector: BillConnector, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (file,) = find_files([case.write(tmp_path)])
    (reading,) = connector.read([file], con)
    assert reading.version in focus.VERSIONS
    assert reading.period == "2026-09"
    assert list(reading.others) == ["Extra"]
    assert len({f.bit for f in reading.flags}) == len(reading.flags)
    assert all(1 << f.bit < BROKEN for f in reading.flags)


def test_every_flag_fits_when_a_bill_has_every_column(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(",".join(focus.superset()) + "\n" + "," * (len(focus.superset()) - 1) + "\n")
    (reading,) = bill_connector("focus").read(find_files([path]), con)
    assert all(1 << f.bit < BROKEN for f in reading.flags)


def test_what_is_no_bill_is_refused(
    connector: BillConnector, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (tmp_path / "other.csv").write_text("a,b,c\n1,2,3\n")
    (file,) = find_files([tmp_path / "other.csv"])
    with pytest.raises(BadInput, match=r"other\.csv"):
        connector.read([file], con)


def test_an_unknown_connector_is_refused() -> None:
    with pytest.raises(BadInput, match="no connector 'abc'"):
        bill_connector("abc")


def test_opencost_is_no_bill() -> None:
    with pytest.raises(BadInput, match="name it under 'measures'"):
        bill_connector("opencost")
