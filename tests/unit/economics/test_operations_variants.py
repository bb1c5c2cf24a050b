"""Variants of a prompt: cost against quality, and what is said only where it is sure."""

from decimal import Decimal

import pytest

from apportion.core.errors import BadInput, NotFound
from apportion.economics.operations import operations_variants
from apportion.economics.operations.intervals import mean, student, wilson
from unit.economics.operations_told import Told


def tried(told: Told, variant: str, cost: str, successes: int, failures: int, **more: object) -> None:
    for n in range(successes + failures):
        told.tell(cost, prompt="answer", variant=variant, success=n < successes, **more)


@pytest.fixture
def told() -> Told:
    return Told()


def test_the_intervals_are_those_of_the_books() -> None:
    low, high = wilson(8, 10) or (None, None)
    assert (round(low, 4), round(high, 4)) == (Decimal("0.4902"), Decimal("0.9433"))
    assert wilson(0, 10).low == 0  # type: ignore[union-attr]
    assert wilson(0, 0) is None
    assert [round(student(n), 2) for n in (1, 9, 100)] == [
        Decimal("12.71"),
        Decimal("2.26"),
        Decimal("1.98"),
    ]
    assert round(student(2), 1) == Decimal("4.3")
    low, high = mean(3, 6, 14) or (None, None)  # 1, 2, 3: 2 ± 4.30 · 1/√3
    assert (round(low, 1), round(high, 1)) == (Decimal("-0.5"), Decimal("4.5"))
    assert mean(1, 5, 25) is None


def test_twice_the_cost_for_two_points_is_said_with_its_doubt(told: Told) -> None:
    tried(told, "brief", "0.01", 90, 10)
    tried(told, "thorough", "0.02", 92, 8)
    report = operations_variants(told.con, told.asked(prompt="answer"))
    [step] = report.steps
    assert (step.extra_cost, step.extra_cost_pct, step.extra_quality) == (Decimal("0.01"), 100, 2)
    assert (step.cost_per_point, step.proven) == (Decimal("0.005"), False)
    assert report.headline == (
        "thorough costs $0.010 (100.0 %) more a request than brief, for 2.0 points more success: "
        "$0.0050 for each point; their intervals overlap, so the difference may be chance."
    )
    brief = report.variants[0]
    assert (brief.success_bounds.low, brief.success_bounds.high) == (Decimal("82.56"), Decimal("94.48"))  # type: ignore[union-attr]


def test_a_difference_that_is_sure_is_said_without_doubt(told: Told) -> None:
    tried(told, "brief", "0.01", 40, 60)
    tried(told, "thorough", "0.02", 90, 10)
    report = operations_variants(told.con, told.asked(prompt="answer"))
    assert report.steps[0].proven
    assert report.headline.endswith("for 50.0 points more success: $0.00020 for each point.")


def test_what_is_dearer_and_no_better_is_not_efficient(told: Told) -> None:
    tried(told, "brief", "0.01", 8, 2)
    tried(told, "chatty", "0.03", 7, 3)
    tried(told, "thorough", "0.02", 9, 1)
    told.tell("0.05", prompt="answer", variant="new")
    report = operations_variants(told.con, told.asked(prompt="answer"))
    assert [(v.name, v.efficient, v.instead) for v in report.variants] == [
        ("brief", True, None),
        ("thorough", True, None),
        ("chatty", False, "thorough"),
        ("new", None, None),
    ]
    assert report.headline.endswith("Of 1 cost or quality is not known.")


def test_value_is_the_quality_where_success_is_not_known(told: Told) -> None:
    for value in ("0.7", "0.9"):
        told.tell("0.01", prompt="answer", variant="a", value=Decimal(value))
    report = operations_variants(told.con, told.asked(prompt="answer"))
    [found] = report.variants
    assert (report.quality, found.mean_value, found.quality) == ("value", Decimal("0.8"), Decimal("0.8"))
    assert found.value_bounds.low == Decimal("-0.470620")  # type: ignore[union-attr]
    assert found.cost_bounds.low == found.cost_bounds.high == Decimal("0.01")  # type: ignore[union-attr]
    assert report.headline == "answer has 1 variant in October 2026; a costs $0.010 a request."


def test_a_cheap_model_with_a_long_prompt_stands_against_a_dear_one_with_a_short(told: Told) -> None:
    tried(told, "long", "0.01", 9, 1, model="small")
    tried(told, "short", "0.03", 9, 1, model="large")
    report = operations_variants(told.con, told.asked(prompt="answer"), ["model"])
    assert [(v.key, v.efficient) for v in report.variants] == [
        ({"variant": "long", "model": "small"}, True),
        ({"variant": "short", "model": "large"}, False),
    ]
    assert (
        report.headline
        == "long on small is the cheapest variant of answer and none is better: $0.010 a request."
    )


def test_a_prompt_that_nobody_names_is_said(told: Told) -> None:
    told.tell()
    with pytest.raises(NotFound, match="No operation names the prompt 'answer'"):
        operations_variants(told.con, told.asked(prompt="answer"))
    with pytest.raises(BadInput, match="Name a prompt"):
        operations_variants(told.con, told.asked())
