import csv
import io
from typing import Any

import pytest

from unit.api.conftest import Client, SmallApp

TABLES = {
    "/costs/customers": "customers",
    "/costs/customers/acme": "by_service",
    "/costs/services": "services",
    "/costs/services/checkout": "drivers",
    "/costs/teams": "teams",
    "/costs/units": "units",
    "/costs/query?group_by=team,service&grain=month&compare=previous_period": "rows",
    "/explain?perspective=customer&target=acme": "parts",
    "/overview": "by_customer",
    "/reconciliation": "rows",
    "/search?q=a": "results",
    "/flow": "bands",
    "/bridge": "steps",
    "/sources": "sources",
    "/suggestions": "proposals",
    "/loads": "loads",
    "/runs": "runs",
    "/runs/run-1/diff": "targets",
    "/plan": "targets",
}


def csv_rows(text: str) -> Any:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def flat(row: dict[str, Any]) -> Any:
    """A JSON row as the CSV's columns, for cells that are text, numbers or nothing."""
    cells = {}
    for name, value in row.items():
        if isinstance(value, dict):
            cells |= {f"{name}.{key}": inner for key, inner in value.items()}
        elif not isinstance(value, list):
            cells[name] = value
    return {name: written(value) for name, value in cells.items()}


def written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


@pytest.mark.parametrize("path", TABLES)
def test_csv_says_what_json_says(client: Client, path: str) -> None:
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == 200
    told = client.get(f"/api/v1{path}{'&' if '?' in path else '?'}format=csv")
    rows = csv_rows(told.text)
    expected = answer.json()[TABLES[path]]
    assert len(rows) == len(expected) > 0
    for row, wanted in zip(rows, expected, strict=True):
        cells = flat(wanted)
        assert {name: row[name] for name in cells} == cells


def test_a_csv_row_says_its_metric_and_days(client: Client) -> None:
    answer = client.get("/api/v1/costs/customers?window=2026-09&format=csv")
    row = csv_rows(answer.text)[0]
    assert (row["metric"], row["currency"], row["from"], row["to"]) == (
        "EffectiveCost",
        "USD",
        "2026-09-01",
        "2026-10-01",
    )
    assert answer.headers["content-disposition"] == (
        'attachment; filename="apportion-customers-2026-09-01-2026-10-01.csv"'
    )


def test_another_table_of_a_report(client: Client) -> None:
    answer = client.get("/api/v1/costs/customers/acme?window=2026-09&format=csv&table=daily")
    assert [row["cost"] for row in csv_rows(answer.text)][13] == "255.000000000000"


def test_no_cell_is_a_formula(client: Client) -> None:
    row = csv_rows(client.get("/api/v1/loads/l1?format=csv").text)[0]
    assert row["value"] == "'=1+1"
    trend = csv_rows(client.get("/api/v1/costs/customers?format=csv").text)
    assert min(row["gross_margin"] for row in trend) == "-400.000000000000"


def test_amounts_are_text_with_all_their_digits(client: Client) -> None:
    row = client.get("/api/v1/costs/customers?window=2026-09").json()["customers"][0]
    assert row["customer_id"] == "cedar"
    assert (row["gross_margin"], row["gross_margin_pct"]) == ("-955.000000000000", "-205.38")
    assert all(isinstance(amount, str) for amount in row["sparkline"])


def test_a_query_as_address_and_as_body_is_the_same(client: Client) -> None:
    asked = {
        "group_by": ["team"],
        "filter": {"not": {"team": ["plat*"]}},
        "window": "2026-09",
        "compare": "previous_period",
    }
    posted = client.request("POST", "/api/v1/costs/query", json=asked)
    got = client.get(
        '/api/v1/costs/query?group_by=team&filter={"not":{"team":["plat*"]}}&window=2026-09&compare=previous_period'
    )
    assert posted.json() == got.json()


def test_every_explanation_a_query_names_explains_its_amount(client: Client) -> None:
    query = (
        '/api/v1/costs/query?group_by=target,service&perspective=customer&grain=week&filter={"team":["p*"]}'
    )
    rows = [row for row in client.get(query).json()["rows"] if row["explain"]]
    assert len(rows) > 10
    for row in rows[::5]:
        assert client.get(row["explain"]).json()["node"]["amount"] == row["amount"]


def test_an_explanation_is_walked_by_its_pins(client: Client) -> None:
    address, params, levels = "/api/v1/explain/customers/acme", {"window": "2026-09"}, []
    while True:
        told = client.get(address, params=params).json()
        levels.append(told["level"])
        part = told["parts"][0]
        if part["pins"] is None:
            break
        params = {"window": "2026-09", **part["pins"]}
    assert levels == ["rules", "pools", "days", "line_items"]
    assert part["line_item"]["x_SourceFile"] == "aws-2026-09.csv"


def test_the_trend_of_the_last_days(client: Client) -> None:
    told = client.get("/api/v1/costs/trend?days=7&by=service").json()
    assert [day["day"] for day in told["total"]] == [f"2026-09-{day}" for day in range(24, 31)]


def test_health_needs_no_run(client: Client, company: SmallApp) -> None:
    assert client.get("/api/v1/health").json()["status"] == "ok"
    assert company.reads == 0
