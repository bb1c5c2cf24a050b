"""Whatever the bill and the rules: nothing is lost, every step is whole, order does not matter.

`APPORTION_EXAMPLES=2000 pytest -n0 --hypothesis-seed=7 tests/unit/allocation/test_conservation.py` goes on for longer.
"""

import os
import random
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apportion.core.errors import Refused
from books import Books, charge
from drawn_rules import DIMENSIONS, MEASURES, charges, customers, perspectives, usage
from judged_runs import Run, judge_steps, judge_sums, run

EXAMPLES = int(os.environ.get("APPORTION_EXAMPLES", "12"))


def outcome(
    bill: Sequence[Mapping[str, Any]],
    used: Mapping[str, Sequence[Any]],
    known: Sequence[Mapping[str, Any]],
    rules: Mapping[str, Any],
    threads: int,
) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        books = Books(Path(folder))
        books.bill(bill)
        for measure, rows in used.items():
            if rows:
                books.usage(rows, measure)
        if known:
            books.customers(known)
        return run(books, rules, MEASURES, threads)


@pytest.mark.slow
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(charges(), min_size=1, max_size=12), usage(), customers, perspectives(), st.randoms())
def test_nothing_is_lost_and_order_does_not_matter(
    bill: list[Any],
    used: dict[str, list[Any]],
    known: list[Any],
    rules: dict[str, Any],
    dice: random.Random,
) -> None:
    """Only a circle that nothing leaves is refused; of all else, each digit is accounted for."""
    try:
        found = outcome(bill, used, known, rules, threads=1)
    except Refused:
        return
    judge_sums(found, bill, list(rules["perspectives"]))
    judge_steps(found)
    dice.shuffle(bill)
    for rows in used.values():
        dice.shuffle(rows)
    assert outcome(bill, used, known, rules, threads=2) == found


def test_the_judge_sees_a_lost_unit_and_a_step_that_is_not_whole(books: Books) -> None:
    bill = [charge("9", service="db", customer="")]
    books.bill(bill)
    rule = {"name": "even", "match": {"service": "db"}, "method": "even", "targets": ["acme", "bolt"]}
    found = run(
        books,
        {"dimensions": DIMENSIONS, "perspectives": {"p": {"to": "customer", "rules": [rule]}}},
        MEASURES,
    )
    judge_sums(found, bill, ["p"])
    judge_steps(found)
    *words, billed, effective = found.results[0]
    with pytest.raises(AssertionError):
        judge_sums(found._replace(results=[(*words, billed, effective - 1), *found.results[1:]]), bill, ["p"])
    with pytest.raises(AssertionError):
        judge_steps(found._replace(steps=[found.steps[0], *found.steps]))
    with pytest.raises(AssertionError):
        judge_steps(found._replace(results=[(*words, billed, effective - 10**9), *found.results[1:]]))
