"""`apportion forecast`: a sentence, a table, and the same rows for machines."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from unit.cli.conftest import Run

HEAD = (
    "BilledCost,EffectiveCost,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,"
    "ChargePeriodEnd,ChargeCategory,ServiceName,Tags"
)


@pytest.fixture
def sixty_days(run: Run, workspace: Path) -> None:
    """Two teams from July to the end of August, web for 10 a day and data for 5."""
    for month, days in ((7, 31), (8, 31)):
        lines = [HEAD]
        for n in range(days):
            day = date(2026, month, 1) + timedelta(days=n)
            for team, cost in (("web", 10), ("data", 5)):
                tags = f'"{{""team"": ""{team}""}}"'
                period = f"2026-0{month}-01T00:00:00Z,2026-0{month + 1}-01T00:00:00Z"
                span = f"{day}T00:00:00Z,{day + timedelta(days=1)}T00:00:00Z"
                lines.append(f"{cost},{cost},USD,{period},{span},Usage,Compute,{tags}")
        path = workspace / f"bill-{month}.csv"
        path.write_text("\n".join(lines) + "\n")
        assert run("ingest", "focus", path, "--source", "aws").code == 0
    assert run("allocate").code == 0


@pytest.mark.usefixtures("sixty_days")
def test_what_september_will_cost(run: Run) -> None:
    said = run("forecast", "team")
    assert said.out.startswith("September 2026 will cost about $450, with 80 % certainty ")
    assert "3.2 % less than the month before" in said.out
    assert "Replayed at 3 past forecasts of USD totals" in said.out
    assert "known through 2026-08-31" in said.out
    rows = run("forecast", "team", "--format", "json").rows
    assert [(row["team"], row["so_far"], row["forecast"], row["last_month"]) for row in rows] == [
        ("web", "0", "300.00", "310.000000000000"),
        ("data", "0", "150.00", "155.000000000000"),
        ("(total)", "0", "450.00", "465.000000000000"),
    ]
    days = run("forecast", "--days", "--format", "csv").out.splitlines()
    assert (len(days), days[1].split(",")[2:4]) == (91, ["2026-09-01", "15.00"])
    half = run("forecast", "--window", "2026-08-01..2026-08-11", "--format", "json").rows[0]
    assert (half["month"], half["so_far"], half["forecast"]) == ("2026-08", "150.000000000000", "465.00")
    early = run("forecast", "--window", "2026-07-01..2026-07-06")
    assert "It has cost for 5 days only; a forecast needs 14." in early.out


@pytest.mark.usefixtures("sixty_days")
def test_questions_that_have_no_answer(run: Run) -> None:
    assert "up to three" in run("forecast", "--help").out
    for words in (("a", "b", "c", "d"), ("--filter", "{"), ("colour",), ("--method", "prophet")):
        assert run("forecast", *words).code == 2, words
