"""One operation: what is known of it, and how its cost comes about."""

from decimal import Decimal
from typing import Any

import pytest

from apportion.core.errors import NotFound
from apportion.economics.operations import SingleOperation, single_operation
from apportion.metering.settings import Tree
from apportion.pricing import OwnRate, RateCard, seeded
from unit.economics.operations_told import Told

D = Decimal
CARD = seeded()
CALL = {"input_tokens": 1000, "cache_read_tokens": 600, "output_tokens": 200}
RATE = "openai/gpt-4o#"


@pytest.fixture
def told() -> Told:
    return Told()


def shown(told: Told, card: RateCard = CARD, tree: Any = None, **kept: RateCard) -> SingleOperation:
    cards = {c.version: c for c in kept.values()}
    return single_operation(told.con, "op-1", Tree.model_validate(tree or {}), card, cards.get)


def test_its_price_is_explained_line_by_line(told: Told) -> None:
    told.tell("0.00375", rate=f"{RATE}{CARD.version}", reported_cost=D("0.004"), customer="acme", **CALL)
    found = shown(told)
    assert found.headline == "A call of gpt-4o for acme that cost $0.0038."
    assert [(x.kind, x.quantity, x.price, x.cost) for x in found.price.lines] == [
        ("input", 400, D("0.0000025"), D("0.001")),
        ("cache_read", 600, D("0.00000125"), D("0.00075")),
        ("output", 200, D("0.00001"), D("0.002")),
    ]
    assert (found.price.exact, found.price.note, found.price.why) == (True, None, None)
    assert found.price.card == found.price.lines_card == CARD.version
    assert found.price.reported_difference == D("-0.00025")


def test_where_it_belongs_is_looked_up_and_unknown_is_null(told: Told) -> None:
    told.tell("0.00375", project="finder", dimensions={"ring": "canary"}, success=True, **CALL)
    found = shown(told, tree={"projects": {"finder": {"team": "discovery"}}}).operation
    assert (found.team, found.customer, found.reasoning_tokens) == ("discovery", None, None)
    assert (found.dimensions, found.success, found.input_tokens) == ({"ring": "canary"}, True, 1000)


def test_the_lines_are_of_the_card_that_priced_it(told: Told) -> None:
    before = seeded([OwnRate(provider="openai", discount=D(10))])
    told.tell("0.003375", rate=f"{RATE}{before.version}", **CALL)
    found = shown(told, before=before).price
    assert (found.exact, found.lines_card, found.note) == (True, before.version, None)
    assert found.lines_cost == D("0.003375")


def test_where_that_card_is_not_kept_it_says_so(told: Told) -> None:
    told.tell("0.003375", rate=f"{RATE}0123456789ab", **CALL)
    found = shown(told).price
    assert (found.exact, found.card, found.lines_card) == (False, "0123456789ab", CARD.version)
    assert (found.cost, found.lines_cost) == (D("0.003375"), D("0.00375"))
    assert found.note is not None
    assert found.note.startswith("It was priced by card 0123456789ab, which is not kept; by today's card")


@pytest.mark.parametrize(
    ("told_of", "state", "why"),
    [
        ({"model": "gpt-99", **CALL}, "unpriced", "no rate for openai/gpt-99"),
        ({"input_tokens": 1000}, "unknown", "token counts are missing or contradict each other"),
        (CALL, "unpriced", "a rate is known by now, and 'apportion rates rerate' prices it"),
    ],
)
def test_why_it_has_no_price(told: Told, told_of: dict[str, Any], state: str, why: str) -> None:
    told.tell(None, **{"price_state": state, **told_of})
    found = shown(told)
    assert (found.price.state, found.price.why, found.price.lines) == (state, why, [])
    assert (found.price.cost, found.price.exact) == (None, False)
    assert found.headline.endswith(f"whose cost is not known: {why}.")


def test_an_id_that_is_none_is_said(told: Told) -> None:
    with pytest.raises(NotFound, match="no operation 'op-1'"):
        shown(told)
