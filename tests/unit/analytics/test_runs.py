"""Runs are found by the beginning of their id, kept by pins, and compared as long as their files are there."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from apportion.analytics.runs import Runs
from apportion.core.errors import NotFound, Refused
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
Opened = Callable[..., Runs]


@pytest.fixture
def opened(books: Books) -> Opened:
    """The runs of two bills, looked at some days from now."""
    for cost in ("1", "3"):
        books.bill([charge(cost, customer="acme")])
        books.allocate(RULES)

    def looked_at(days: int = 0) -> Runs:
        return Runs(books.ledger, books.root / "spill", lambda: datetime.now(UTC) + timedelta(days=days))

    return looked_at


def test_the_newest_run_stands(opened: Opened) -> None:
    found = opened().listed()
    assert [r["standing"] for r in found] == [True, False]
    assert opened().shown(found[1]["run_id"])["reproducible"]


def test_an_id_that_means_several_runs_or_none_is_not_found(opened: Opened) -> None:
    with pytest.raises(NotFound, match="Several runs begin with '20'"):
        opened().find("20")
    with pytest.raises(NotFound, match="no run 'x'"):
        opened().find("x")
    with pytest.raises(NotFound):
        opened().find("")


def test_two_runs_are_compared_from_the_first_to_the_second(opened: Opened) -> None:
    new, old = (r["run_id"] for r in opened().listed())
    assert [t.change for t in opened().diff(old).targets] == [Decimal(2)]
    assert [t.change for t in opened().diff(new, old).targets] == [Decimal(-2)]


def test_a_run_whose_results_are_gone_is_not_compared_and_not_pinned(opened: Opened) -> None:
    old = opened().listed()[1]["run_id"]
    assert opened(days=300).clean(90, dry_run=True).runs == (old,)
    opened().diff(old)
    opened(days=300).clean(90)
    with pytest.raises(Refused, match="cannot be compared"):
        opened().diff(old)
    with pytest.raises(Refused, match="cannot be pinned"):
        opened().pin(old)
    shown = opened().shown(old)
    assert not shown["reproducible"]
    assert "removed by 'apportion clean'" in shown["missing"]


def test_a_pinned_run_is_still_compared(opened: Opened) -> None:
    old = opened().listed()[1]["run_id"]
    opened().pin(old)
    assert [r["pinned"] for r in opened().listed()] == [False, True]
    opened(days=300).clean(90)
    assert opened().diff(old).targets
    opened().unpin(old)
    assert opened(days=300).clean(90).runs == (old,)
