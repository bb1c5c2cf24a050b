"""When credits begin anew: months that are too short, leap days, zones of half and quarter hours, clocks that jump."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.credits.periods import Period, day_of, midnight, period_of
from apportion.credits.units import time_of
from apportion.database import State
from unit.credits.counted import Ledger

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
KINDS = st.sampled_from(["daily", "weekly", "monthly", "yearly"])


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("kind", "on", "anchor", "start", "until"),
    [
        ("monthly", "2027-02-28", "2027-01-31", "2027-02-28", "2027-03-31"),
        ("monthly", "2027-02-27", "2027-01-31", "2027-01-31", "2027-02-28"),
        ("monthly", "2028-02-29", "2027-01-31", "2028-02-29", "2028-03-31"),
        ("monthly", "2027-04-30", "2027-01-31", "2027-04-30", "2027-05-31"),
        ("monthly", "2027-03-14", "2027-01-15", "2027-02-15", "2027-03-15"),
        ("yearly", "2026-03-01", "2024-02-29", "2026-02-28", "2027-02-28"),
        ("yearly", "2028-02-28", "2024-02-29", "2027-02-28", "2028-02-29"),
        ("weekly", "2026-10-11", "2026-10-05", "2026-10-05", "2026-10-12"),
        ("daily", "2026-10-11", "2026-10-05", "2026-10-11", "2026-10-12"),
        ("monthly", "2028-02-29", None, "2028-02-01", "2028-03-01"),
        ("weekly", "2026-10-11", None, "2026-10-05", "2026-10-12"),
        ("yearly", "2026-10-11", None, "2026-01-01", "2027-01-01"),
    ],
)
def test_periods_begin_and_end(kind: str, on: str, anchor: str | None, start: str, until: str) -> None:
    found = period_of(kind, day(on), day(anchor) if anchor else None)  # type: ignore[arg-type]
    assert found == Period(day(start), day(until))


@given(KINDS, DAYS, st.one_of(st.none(), DAYS))
def test_periods_follow_each_other_without_gap_or_overlap(kind: str, on: date, anchor: date | None) -> None:
    found = period_of(kind, on, anchor)  # type: ignore[arg-type]
    assert found.start <= on < found.until
    assert period_of(kind, found.until, anchor).start == found.until  # type: ignore[arg-type]
    assert period_of(kind, date.fromordinal(found.until.toordinal() - 1), anchor) == found  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("zone", "on", "begins"),
    [
        ("Asia/Kolkata", "2026-11-01", "2026-10-31T18:30"),
        ("Asia/Kathmandu", "2026-11-01", "2026-10-31T18:15"),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30"),
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00"),  # there is no midnight that day
        ("America/Havana", "2026-11-01", "2026-11-01T04:00"),  # and here are two
    ],
)
def test_days_begin_at_midnight_of_the_reporting_zone(zone: str, on: str, begins: str) -> None:
    where = ZoneInfo(zone)
    found = midnight(day(on), where)
    assert time_of(found) == datetime.fromisoformat(begins).replace(tzinfo=UTC)
    assert day_of(found, where) == day(on)
    assert day_of(found - 1, where) < day(on)


@pytest.mark.parametrize(("zone", "minutes"), [("Asia/Kolkata", 30), ("Asia/Kathmandu", 15)])
def test_a_call_counts_in_the_period_of_its_local_time(zone: str, minutes: int, tmp_path: Path) -> None:
    plans = {"default": "a", "usage": [{"by": "call", "credits": 1}]}
    plans |= {"offered": {"a": {"included": 10, "starts": "calendar"}}}
    ledger = Ledger(State.file(tmp_path / "state.db"), plans, zone)
    ledger.now = datetime(2026, 10, 31, 18, minutes, tzinfo=UTC)
    ledger.put("first of November", time=ledger.now)
    ledger.put("last of October", time=ledger.now.replace(minute=minutes - 1))
    assert {name.split("/")[-1]: used for name, (_, used, _) in ledger.grants().items()} == {
        "2026-11-01": 1,
        "2026-10-01": 1,
    }
    assert ledger.may().resets_at == datetime(2026, 11, 30, 18, minutes, tzinfo=UTC)
    ledger.state.close()


def test_a_customer_of_the_31st_begins_anew_at_the_end_of_each_month(tmp_path: Path) -> None:
    plans = {"usage": [{"by": "call", "credits": 1}], "offered": {"a": {"included": 10}}}
    ledger = Ledger(State.file(tmp_path / "state.db"), plans)
    ledger.now = datetime(2027, 12, 31, 9, tzinfo=UTC)
    ledger.subscribe("a")
    seen = []
    for month in range(1, 5):
        ledger.now = datetime(2028, month, 15, tzinfo=UTC)
        seen.append(ledger.may().resets_at.date().isoformat())
    assert seen == ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]
    ledger.now = datetime(2028, 2, 29, tzinfo=UTC)
    ledger.put("on the leap day")
    assert ledger.grants()["included/acme/a/2028-02-29"] == (10, 1, 0)
    ledger.state.close()
