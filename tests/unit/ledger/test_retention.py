"""Cleaning deletes files that nothing kept needs: no more, and never what readers see."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from apportion.core.errors import Refused, Transient
from apportion.ledger import RunRecord
from apportion.ledger.ledger import FACTS
from apportion.ledger.retention import gone, need, plan_sweep, sweep, undisturbed
from books import Books, charge

RULES = {
    "dimensions": {"customer": [{"tag": "customer"}]},
    "perspectives": {
        "customer": {
            "to": "customer",
            "rules": [{"name": "named", "match": {"customer": "*"}, "method": "direct"}],
        }
    },
}
LATER = datetime.now(UTC) + timedelta(days=200)


@pytest.fixture
def two_runs(books: Books) -> tuple[RunRecord, RunRecord]:
    """A run, a restated bill, and the run that followed it."""
    books.bill([charge("1", customer="acme")])
    first = books.allocate(RULES)
    books.bill([charge("2", customer="acme")])
    return first, books.allocate(RULES)


def files(books: Books) -> set[Path]:
    return {p for p in books.ledger.root.rglob("*.parquet") if "_delta_log" not in p.parts}


def test_what_the_standing_run_was_made_from_stays(
    books: Books, two_runs: tuple[RunRecord, RunRecord]
) -> None:
    first, second = two_runs
    before = files(books)
    done = sweep(books.ledger, 90, LATER)
    assert done.runs == (first.run_id,)
    bills = {Path(f) for f in books.ledger.table("charges").files(version=first.versions["charges"])}
    assert before - files(books) == bills | {p for p in before if p.stem == first.run_id}
    assert books.targets() == {"acme": Decimal(2)}
    assert books.sql("SELECT sum(BilledCost) FROM charges") == [(Decimal(2),)]
    assert gone(books.ledger, second, tuple(second.versions)) == ""
    assert plan_sweep(books.ledger, 90, LATER).doomed == ()


def test_a_run_whose_files_are_gone_says_which_and_since_when(
    books: Books, two_runs: tuple[RunRecord, RunRecord]
) -> None:
    first, _ = two_runs
    need(books.ledger, first, FACTS, "repeated")
    sweep(books.ledger, 90, LATER)
    with pytest.raises(Refused) as refused:
        need(books.ledger, first, FACTS, "repeated")
    version = first.versions["charges"]
    assert f"charges (version {version}) were removed by 'apportion clean' on {LATER:%Y-%m-%d}" in str(
        refused.value
    )


def test_within_the_retention_every_version_stays(
    books: Books, two_runs: tuple[RunRecord, RunRecord]
) -> None:
    before = files(books)
    assert sweep(books.ledger, 90, datetime.now(UTC) + timedelta(days=80)).files == 0
    assert files(books) == before


def test_a_version_that_was_current_when_the_retention_began_stays(
    books: Books, two_runs: tuple[RunRecord, RunRecord]
) -> None:
    first, _ = two_runs
    between = datetime.fromisoformat(first.finished_at) + timedelta(milliseconds=1)
    sweep(books.ledger, 90, between + timedelta(days=90))
    assert gone(books.ledger, first, tuple(first.versions)) == ""


def test_a_pinned_run_keeps_its_files(books: Books, two_runs: tuple[RunRecord, RunRecord]) -> None:
    first, _ = two_runs
    books.ledger.pins.add(first.run_id)
    sweep(books.ledger, 90, LATER)
    assert gone(books.ledger, first, tuple(first.versions)) == ""
    books.ledger.pins.remove(first.run_id)
    assert sweep(books.ledger, 90, LATER).runs == (first.run_id,)


def test_a_plan_of_cleaning_deletes_nothing(books: Books, two_runs: tuple[RunRecord, RunRecord]) -> None:
    before = files(books)
    assert set(plan_sweep(books.ledger, 90, LATER).doomed) < before
    assert files(books) == before


def test_what_a_killed_run_left_goes_once_it_is_a_day_old(
    books: Books, two_runs: tuple[RunRecord, RunRecord]
) -> None:
    left = (
        books.ledger.root / "allocations" / "perspective=customer" / "billing_period=2026-09" / "left.parquet"
    )
    left.write_bytes(b"half a file")
    now = datetime.now(UTC)
    assert sweep(books.ledger, 90, now + timedelta(hours=23)).files == 0
    assert sweep(books.ledger, 90, now + timedelta(hours=25)).doomed == (left.resolve(),)


def test_nothing_is_cleaned_while_a_run_is_repeated(
    books: Books, two_runs: tuple[RunRecord, RunRecord]
) -> None:
    with undisturbed(books.ledger), undisturbed(books.ledger), pytest.raises(Transient):
        sweep(books.ledger, 90, LATER)


def test_every_version_between_two_keeps_its_files(books: Books) -> None:
    for cost in ("1", "2", "3", "4"):
        books.bill([charge(cost, customer="acme"), charge(cost, day="2026-08-01", customer="acme")])
    table = books.ledger.table("charges")
    assert sweep(books.ledger, 90, datetime.now(UTC) + timedelta(days=80)).files == 0
    assert all(Path(f).exists() for v in range(table.version() + 1) for f in table.files(version=v))


def test_a_log_whose_entries_are_gone_is_read_by_its_checkpoint(
    books: Books, two_runs: tuple[RunRecord, RunRecord]
) -> None:
    table = books.ledger.table("charges")
    delta = table.open()
    assert delta is not None
    delta.create_checkpoint()
    for entry in sorted((table.directory / "_delta_log").glob("0*.json"))[:-1]:
        entry.unlink()
    done = sweep(books.ledger, 90, LATER)
    assert books.sql("SELECT sum(BilledCost) FROM charges") == [(Decimal(2),)]
    assert done.runs == (two_runs[0].run_id,)


def test_an_empty_ledger_has_nothing_to_clean(books: Books) -> None:
    assert sweep(books.ledger, 90, LATER).files == 0
