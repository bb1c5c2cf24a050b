"""The forecast as the API gives it."""

from decimal import Decimal

from unit.api.conftest import Client
from unit.api.test_reports import csv_rows, flat


def test_the_next_month_of_each_team(client: Client) -> None:
    told = client.get("/api/v1/costs/forecast?group_by=team").json()
    assert (told["origin"], told["horizon"], told["group_by"]) == ("2026-09-30", "month", ["team"])
    row = told["months"][0]
    assert (row["keys"], row["month"], row["last_month"]) == (
        {"team": "payments"},
        "2026-10",
        "3840.000000000000",
    )
    assert Decimal(row["low"]) < Decimal(row["forecast"]) < Decimal(row["high"])
    assert {past["kind"] for past in told["past"]} == {"given", "hindcast"}
    assert len([day for day in told["days"] if not day["keys"]]) == 31


def test_csv_has_the_rows_of_json(client: Client) -> None:
    path = "/api/v1/costs/forecast?group_by=team&horizon=90d"
    told = client.get(path).json()
    assert csv_rows(client.get(f"{path}&format=csv").text)[0].items() >= flat(told["months"][0]).items()
    days = csv_rows(client.get(f"{path}&format=csv&table=days").text)
    assert len(days) == len(told["days"]) == 90 * 5
    total = csv_rows(client.get("/api/v1/costs/forecast?format=csv").text)
    assert [row["month"] for row in total] == ["2026-10"]


def test_attributed_cost_narrowed_by_a_filter(client: Client) -> None:
    asked = 'perspective=customer&group_by=target&filter={"target":["acme"]}&metric=BilledCost'
    told = client.get(f"/api/v1/costs/forecast?{asked}").json()
    assert [row["keys"] for row in told["months"]] == [{"target": "acme"}]
    assert told["months"][0]["forecast"] == told["totals"][0]["forecast"]


def test_what_cannot_be_asked_for(client: Client) -> None:
    for asked in (
        "group_by=a,b,c,d",
        "horizon=year",
        "method=prophet",
        "currency=EUR",
        "group_by=colour",
        "x=1",
    ):
        assert client.get(f"/api/v1/costs/forecast?{asked}").status_code == 422, asked
