"""What is known by the hour is judged by the hour: live usage before its bill, bills in drops, day and hour."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from apportion.anomalies.incidents import Incident
from apportion.anomalies.report import Asked
from apportion.app import App
from apportion.metering.batch import read_batch
from books import Books, charge
from unit.anomalies.live_usage import RULES, Use, bill, moment, requests, use

PRICE = Decimal("0.01")
DAYS = 21
LIVE = {"anomalies": {"live": [{"measure": "requests", "by": "service", "cost": {"where": {}}}]}}
MEASURES = {
    "measures": {
        "requests": {
            "location": "requests.csv",
            "time": "time",
            "quantity": "count",
            "unit": "requests",
            "dimensions": {"service": "service"},
        }
    }
}


class Company:
    """A company that measures requests by the hour; its bills come a day late."""

    def __init__(self, directory: Path, **settings: Any) -> None:
        given = {**RULES, **MEASURES, **settings}
        (directory / "apportion.yaml").write_text(yaml.safe_dump(given, sort_keys=False))
        self.directory, self.books = directory, Books(directory)

    def knows(self, rows: list[Use], *, hours: int, billed_days: int) -> None:
        """Usage of so many hours is in, and the bills of so many days."""
        known = rows[:hours]
        use(self.books, known)
        bill(self.books, known, billed_days, price=PRICE)
        self.books.allocate(RULES)

    def look(self) -> list[Incident]:
        return [i for looked in App(self.directory).look_for_anomalies() for i in looked.found]


def runaway(start: int, hours: int) -> list[Use]:
    """Ordinary requests, and from hour `start` on a hundred times as many."""
    rows = requests(start + hours)
    return [(t, q * 100 if at >= start else q, s) for at, (t, q, s) in enumerate(rows)]


@pytest.mark.parametrize("hour", [3, 15])
def test_a_runaway_is_critical_within_two_hours_though_its_bill_comes_a_day_later(
    tmp_path: Path, hour: int
) -> None:
    company, start = Company(tmp_path, **LIVE), DAYS * 24 + hour
    rows = runaway(start, 2)
    company.knows(rows, hours=start, billed_days=DAYS - 1)
    assert company.look() == []

    company.knows(rows, hours=start + 2, billed_days=DAYS - 1)

    [incident] = company.look()
    assert (incident.of, incident.severity, incident.estimated) == ("estimated", "critical", True)
    assert incident.first_step == moment(0, start)
    assert incident.where == {"service": "api"}


def test_when_the_bill_comes_it_is_the_same_incident_by_what_was_billed(tmp_path: Path) -> None:
    company, start = Company(tmp_path, **LIVE), DAYS * 24 + 15
    rows = runaway(start, 2) + requests((DAYS + 2) * 24)[start + 2 :]
    company.knows(rows, hours=start + 2, billed_days=DAYS - 1)
    [estimated] = company.look()

    company.knows(rows, hours=(DAYS + 2) * 24, billed_days=DAYS + 1)
    company.look()

    told = [i for i in App(company.directory).incidents() if not i.same_as]
    assert [(i.incident_id, i.estimated) for i in told] == [(estimated.incident_id, False)]
    billed = sum((q * PRICE for t, q, _ in rows if t == told[0].worst_step), Decimal(0))
    assert told[0].current == billed


def test_bills_in_drops_are_judged_when_they_arrive(tmp_path: Path) -> None:
    """Three drops of eight hours; the runaway is in the second, and found by the look after it."""
    company, start = Company(tmp_path), DAYS * 24 + 10
    rows = runaway(start, 3) + requests((DAYS + 1) * 24)[start + 3 :]
    for arrived in (DAYS * 24 + 8, DAYS * 24 + 16):
        use(company.books, rows[:arrived])
        bill(company.books, rows[:arrived], DAYS + 1, price=PRICE)
        company.books.allocate(RULES)
        found = company.look()
    assert [(i.grain, i.severity, i.first_step) for i in found] == [("H", "critical", moment(0, start))]


def test_what_was_over_when_its_drop_came_is_told_all_the_same(tmp_path: Path) -> None:
    """Ten hours arrive together; the first three of them ran away, and the rest are as ever."""
    company, start = Company(tmp_path), DAYS * 24 + 9
    rows = runaway(start, 3) + requests((DAYS + 1) * 24)[start + 3 :]
    for arrived in (DAYS * 24 + 9, DAYS * 24 + 21):
        use(company.books, rows[:arrived])
        bill(company.books, rows[:arrived], DAYS + 1, price=PRICE)
        company.books.allocate(RULES)
        company.look()
    [incident] = App(company.directory).incidents()
    assert (incident.state, incident.severity, incident.backfilled) == ("open", "critical", False)
    assert [s.key for s in App(company.directory).evaluate_alerts().signals["anomaly"]] == [
        f"incident={incident.incident_id}"
    ]


def test_a_charge_of_half_an_hour_is_judged_with_its_hour(tmp_path: Path) -> None:
    company = Company(tmp_path)
    rows = requests(DAYS * 24 + 11)
    use(company.books, rows)
    bill(company.books, rows, DAYS + 1, price=PRICE)
    begun = moment(DAYS, 11)
    more = charge("3", str(begun.date()), service="api", ChargePeriodStart=str(begun),
                  ChargePeriodEnd=str(begun + timedelta(minutes=30)), x_Source="gcp")  # fmt: skip
    company.books.bill([more])
    company.books.allocate(RULES)
    assert company.look() == []


def test_the_same_by_day_and_by_hour_is_told_once(tmp_path: Path) -> None:
    company, start = Company(tmp_path), DAYS * 24 + 10
    rows = runaway(start, 5) + requests((DAYS + 2) * 24)[start + 5 :]
    use(company.books, rows)
    bill(company.books, rows[: DAYS * 24], DAYS, price=PRICE)
    company.books.allocate(RULES)
    assert company.look() == []
    bill(company.books, rows, DAYS + 1, price=PRICE)
    company.books.allocate(RULES)

    day, hour = company.look()

    assert (day.grain, hour.grain) == ("D", "H")
    assert (day.same_as, hour.same_as) == ("", day.incident_id)
    asked = App(company.directory).anomalies(Asked())
    assert [row.incident_id for row in asked.anomalies] == [day.incident_id]


def test_usage_itself_can_be_watched_in_its_own_unit(tmp_path: Path) -> None:
    watched = {"usage": [{"measure": "requests", "by": "service", "warning": 5000}], "hourly": False}
    company, start = Company(tmp_path, anomalies=watched), DAYS * 24 + 10
    rows = runaway(start, 5) + requests((DAYS + 1) * 24)[start + 5 :]
    use(company.books, rows)
    bill(company.books, requests(len(rows)), DAYS + 1, price=PRICE)  # the price was flat: only usage tells
    company.books.allocate(RULES)

    [incident] = [i for i in company.look() if i.of == "usage"]

    assert (incident.measure, incident.currency, incident.severity) == ("requests", "requests", "critical")
    day = moment(DAYS)
    assert incident.current == sum((q for t, q, _ in rows if day <= t < day + timedelta(days=1)), Decimal(0))


def test_ai_calls_are_judged_as_they_happen(tmp_path: Path) -> None:
    """Calls of two weeks up to this hour; two hours ago they began to cost forty times as much."""
    company = Company(tmp_path)
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    app = App(company.directory)
    hours = [now - timedelta(hours=back) for back in range(14 * 24, 0, -1)]
    calls = [
        {
            "id": f"c{at}", "time": (step + timedelta(minutes=5)).isoformat(), "provider": "openai",
            "model": "gpt-4.1", "feature": "chat", "customer": "acme", "output_tokens": 100,
            "input_tokens": 400_000 * (40 if at >= len(hours) - 2 else 1) + at % 7 * 900,
        }
        for at, step in enumerate(hours)
    ]  # fmt: skip
    batch = read_batch(json.dumps({"operations": calls}).encode(), now)
    app.meter.keep(batch.operations, "api", now, batch.rejected)
    app.stop()

    [incident] = company.look()

    assert (incident.of, incident.metric) == ("operations", "OperationsCost")
    assert incident.first_step == hours[-2]
    assert {"feature": "chat", "customer": "acme"}.items() <= incident.where.items()
