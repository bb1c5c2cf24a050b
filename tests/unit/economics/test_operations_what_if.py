"""Operations at another model's prices: the same counts, the prices of their day, and what cannot be compared."""

from decimal import Decimal
from typing import Any

import pytest

from apportion.core.errors import BadInput
from apportion.economics.operations import operations_what_if
from apportion.pricing import RateCard
from apportion.pricing.settings import OwnRate
from unit.economics.operations_told import Told

COUNTS = {"input_tokens": 1_000_000, "output_tokens": 100_000}
OWN = [
    OwnRate(provider="acme-ai", model="small", per_million={"input": Decimal(1), "output": Decimal(10)}),
    OwnRate(provider="acme-ai", model="large", per_million={"input": Decimal(5), "output": Decimal(50)}),
]


@pytest.fixture(scope="module")
def card() -> RateCard:
    return RateCard.seeded(OWN)


@pytest.fixture
def told() -> Told:
    return Told()


def priced(told: Told, card: RateCard, *models: str, by: Any = (), **filters: str) -> Any:
    return operations_what_if(told.con, told.asked(**filters), card, models, "acme-ai", by)


def test_the_same_counts_cost_what_the_other_model_takes(told: Told, card: RateCard) -> None:
    told.tell("8", **COUNTS)
    told.tell("2", input_tokens=500_000, output_tokens=0)
    report = priced(told, card, "small")
    [small] = report.alternatives
    assert (small.cost_now, small.cost_then, small.difference) == (10, Decimal("2.5"), Decimal("-7.5"))
    assert (small.difference_pct, small.per_request_then) == (-75, Decimal("1.25"))
    assert report.headline == (
        "2 operations would have cost $2.50 at small instead of $10.00, 75.0 % less, in October 2026."
    )


def test_what_cannot_be_compared_is_counted_and_left_out_of_both_costs(told: Told, card: RateCard) -> None:
    told.tell("8", **COUNTS)
    told.tell("4")
    told.tell(None, **COUNTS)
    [small] = priced(told, card, "small").alternatives
    assert (small.operations, small.compared, small.unknown, small.without_cost) == (3, 1, 1, 1)
    assert (small.cost_now, small.cost_then) == (8, 2)
    nowhere = priced(told, card, "nowhere")
    assert (nowhere.alternatives[0].unpriced, nowhere.alternatives[0].cost_then) == (3, 0)
    assert nowhere.missing == "no rate for acme-ai/nowhere"
    assert nowhere.headline == "Nothing in October 2026 can be compared: no rate for acme-ai/nowhere."


def test_each_variant_stands_on_each_model(told: Told, card: RateCard) -> None:
    told.tell("8", variant="short", input_tokens=100_000, output_tokens=0)
    told.tell("9", variant="long", input_tokens=400_000, output_tokens=0)
    report = priced(told, card, "small", "large", by=["variant"])
    assert [(a.model, a.key["variant"], a.cost_then) for a in report.alternatives] == [
        ("small", "long", Decimal("0.4")),
        ("small", "short", Decimal("0.1")),
        ("large", "long", Decimal(2)),
        ("large", "short", Decimal("0.5")),
    ]


def test_a_model_may_be_named_with_its_provider_and_keeps_no_foreign_conditions(
    told: Told, card: RateCard
) -> None:
    told.tell("8", **COUNTS, service_tier="priority", region="eu")
    found = operations_what_if(told.con, told.asked(), card, ["anthropic/claude-haiku-4-5"])
    assert found.alternatives[0].cost_then == Decimal("1.5")  # $1 and $5 for a million tokens
    assert operations_what_if(told.con, told.asked(), card, ["claude-haiku-4-5"]).alternatives[
        0
    ].cost_then == Decimal("1.5")
    with pytest.raises(BadInput, match="one to 10 models"):
        operations_what_if(told.con, told.asked(), card, [])


def test_models_of_ones_own_are_named_with_their_provider_beside_those_of_the_list(
    told: Told, card: RateCard
) -> None:
    told.tell("8", **COUNTS)
    models = ["acme-ai/small", "openai/gpt-4o-mini", "acme-ai/unheard-of"]
    report = operations_what_if(told.con, told.asked(), card, models)
    assert [(row.model, row.compared, row.cost_then) for row in report.alternatives] == [
        ("acme-ai/small", 1, 2),
        ("openai/gpt-4o-mini", 1, Decimal("0.21")),
        ("acme-ai/unheard-of", 0, 0),
    ]
