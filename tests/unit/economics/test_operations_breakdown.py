"""Operations by up to three dimensions, each group beside the window before and beside what it yielded."""

from decimal import Decimal

import pytest

from apportion.core.errors import BadInput
from apportion.economics.operations import operations_breakdown
from unit.economics.operations_told import Told

TICKET = {"units": Decimal(1), "unit": "ticket"}


@pytest.fixture
def told() -> Told:
    """Two features on two models, in two months."""
    made = Told()
    made.tell("4", "2026-09-10T00:00:00+00:00", feature="chat", model="large")
    made.tell("2", feature="chat", model="large", input_tokens=900, output_tokens=100, success=True, **TICKET)
    made.tell("1", feature="chat", model="small", success=False, value=Decimal("0.5"))
    made.tell("3", feature="search", model="large", **TICKET, value=Decimal(9), dimensions={"ring": "canary"})
    made.tell(None, model="new")
    made.tell("0.01", "2026-09-01T00:00:00+00:00")
    return made


def test_groups_stand_the_dearest_first_beside_their_total(told: Told) -> None:
    report = operations_breakdown(told.con, told.asked(), ["feature", "model"])
    assert [(list(g.key.values()), g.cost) for g in report.groups] == [
        (["search", "large"], 3),
        (["chat", "large"], 2),
        (["chat", "small"], 1),
        (["(none)", "new"], None),
    ]
    assert sum(g.cost or 0 for g in report.groups) == report.total.cost == 6
    assert sum(g.operations for g in report.groups) == report.total.operations == 4
    assert report.headline == (
        "search, large cost most in October 2026: $3.00, 50.0 % of $6.00 in 4 groups by feature, model; "
        "not in it: 1 without a rate."
    )


def test_each_group_is_compared_with_the_window_before(told: Told) -> None:
    report = operations_breakdown(told.con, told.asked(), ["feature"])
    chat = next(g for g in report.groups if g.key == {"feature": "chat"})
    search = next(g for g in report.groups if g.key == {"feature": "search"})
    assert (chat.cost_before, chat.change_pct) == (4, Decimal("-25.00"))
    assert (search.cost_before, search.change_pct, search.operations_before) == (0, None, 0)
    early = operations_breakdown(told.con, told.asked("2026-09"), ["feature"]).groups[0]
    assert (early.cost_before, early.change_pct) == (None, None)  # nothing is known of August


def test_yield_and_success_are_each_groups_own(told: Told) -> None:
    chat = operations_breakdown(told.con, told.asked(feature="chat"), ["feature"]).groups[0]
    assert [(u.unit, u.cost_per_unit, u.tokens_per_unit) for u in chat.units] == [("ticket", 3, 1000)]
    assert (chat.success_pct, chat.cost_per_success) == (Decimal("50.00"), 3)
    by_unit = operations_breakdown(told.con, told.asked(), ["unit"]).groups
    assert [(g.key["unit"], g.cost, g.value_per_cost) for g in by_unit] == [
        ("ticket", 5, 3),
        ("(none)", 1, Decimal("0.5")),
    ]


def test_dimensions_of_ones_own_group_and_filter(told: Told) -> None:
    report = operations_breakdown(told.con, told.asked(), ["ring"])
    assert [(g.key["ring"], g.cost) for g in report.groups] == [("(none)", 3), ("canary", 3)]
    without = operations_breakdown(told.con, told.asked(ring="(none)"), ["feature"])
    assert [g.key["feature"] for g in without.groups] == ["chat", "(none)"]


def test_groups_beyond_the_limit_are_counted_and_in_the_total(told: Told) -> None:
    report = operations_breakdown(told.con, told.asked(), ["feature", "model"], most=1)
    assert (len(report.groups), report.more, report.total.cost) == (1, 3, 6)


def test_as_many_as_three_dimensions_that_there_are(told: Told) -> None:
    with pytest.raises(BadInput, match="not 4"):
        operations_breakdown(told.con, told.asked(), ["feature", "model", "team", "user"])
    with pytest.raises(BadInput, match="no dimension 'cost'"):
        operations_breakdown(told.con, told.asked(), ["cost"])


def test_a_customer_has_the_name_that_the_customers_file_knows() -> None:
    told = Told()
    told.tell("2", customer="acme")
    told.tell("1", customer="birch")
    groups = operations_breakdown(told.con, told.asked(), ["customer", "model"]).groups
    assert [(g.key["customer"], g.customer_name) for g in groups] == [("acme", "Acme Books"), ("birch", None)]
