"""The statement goes through every step, and each step is counted from its own table."""

from decimal import Decimal
from typing import Any

import pytest

from apportion.analytics.models import Facts
from apportion.analytics.reconciliation import Wanted, reconciliation
from unit.analytics.small_company import small_company

SEPTEMBER = Wanted("customer", "aws", "2026-09", "USD", "EffectiveCost")


def test_each_step_has_what_the_step_before_had(con: Any, facts: Facts) -> None:
    found = reconciliation(con, facts, SEPTEMBER)
    (row,) = found.rows
    assert [(stage.stage, stage.amount, stage.difference) for stage in found.stages] == [
        (name, row.charged, Decimal(0)) for name in ("charged", "spread", "claimed", "arrived")
    ]


def test_rules_stand_in_their_order_with_what_they_took_and_where_it_arrived(con: Any, facts: Facts) -> None:
    rules = reconciliation(con, facts, SEPTEMBER).rules
    in_order = [rule.name for rule in facts.rules if rule.perspective == "customer"]
    assert [rule.rule for rule in rules] == [*in_order, ""]
    assert {"dedicated": "direct", "search": "even", "": ""}.items() <= {
        r.rule: r.method for r in rules
    }.items()
    assert [rule.claimed for rule in rules if not rule.rule] == [150 + 240]
    assert {(rule.idle, rule.unallocated) for rule in rules if not rule.rule} == {(150, 240)}
    assert {rule.difference for rule in rules} == {0}


def test_the_whole_statement_says_aloud_that_nothing_is_missing(con: Any, facts: Facts) -> None:
    found = reconciliation(con, facts)
    assert found.headline == (
        "Every cent is accounted for: 12 statements with a difference of 0 at every step."
    )
    assert {stage.difference for stage in found.stages} == {0}


@pytest.mark.parametrize(("table", "stage"), [("daily_costs", "spread"), ("allocations", "claimed")])
def test_a_step_that_lost_something_is_found_out(facts: Facts, table: str, stage: str) -> None:
    con = small_company()
    con.execute(f"UPDATE {table} SET EffectiveCost = 0 WHERE day = '2026-09-03' AND service = 'search'")
    found = reconciliation(con, facts, SEPTEMBER)
    assert [s.stage for s in found.stages if s.difference < 0] == [stage]
    assert found.headline == "1 statement of 1 does not add up."


def test_totals_and_rules_of_all_bills_add_up_to_the_rows(con: Any, facts: Facts) -> None:
    found = reconciliation(con, facts, Wanted(perspective="customer", metric="EffectiveCost"))
    (total,) = found.totals
    assert total.charged == total.spread == total.claimed == total.arrived
    assert total.charged == sum(row.charged for row in found.rows) > 0
    assert total.difference == 0
    in_order = [rule.name for rule in facts.rules if rule.perspective == "customer"]
    assert [rule.rule for rule in found.by_rule] == [*in_order, ""]
    assert sum(rule.claimed for rule in found.by_rule) == total.charged
    for name in ("allocated", "idle", "unallocated"):
        assert sum(getattr(rule, name) for rule in found.by_rule) == getattr(total, name)


def test_nothing_asked_for_is_nothing_to_reconcile(con: Any, facts: Facts) -> None:
    found = reconciliation(con, facts, Wanted(source="nowhere"))
    assert (found.rows, found.headline) == ([], "There is nothing to reconcile.")
