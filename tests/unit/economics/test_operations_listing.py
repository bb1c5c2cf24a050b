"""Operations one by one: the newest first, page by page, also while others come in."""

from decimal import Decimal

import pytest

from apportion.core.errors import BadInput
from apportion.economics.operations import operations_list
from unit.economics.operations_told import Told


@pytest.fixture
def told() -> Told:
    """Five operations, two of them at the same moment."""
    made = Told()
    for n, day in enumerate((1, 2, 2, 3, 4)):
        made.tell(f"0.0{n + 1}", f"2026-10-0{day}T09:30:00+00:00", feature="chat" if n % 2 else "search")
    return made


def test_pages_follow_each_other_without_gap_or_repeat(told: Told) -> None:
    seen, cursor, pages = [], "", 0
    while pages == 0 or cursor:
        page = operations_list(told.con, told.asked(), cursor, 2)
        seen += [operation.operation_id for operation in page.operations]
        cursor, pages = page.next_cursor or "", pages + 1
        told.tell("9", "2026-10-05T09:30:00+00:00")  # comes in while someone reads
    assert (seen, pages) == (["op-5", "op-4", "op-3", "op-2", "op-1"], 3)


def test_a_page_holds_what_is_asked_for_with_its_price(told: Told) -> None:
    page = operations_list(told.con, told.asked(feature="chat", tree={"projects": {}}))
    assert page.headline == "2 operations, feature chat in October 2026."
    assert [(o.cost, o.price_state, o.input_tokens, o.dimensions) for o in page.operations] == [
        (Decimal("0.04"), "priced", None, {}),
        (Decimal("0.02"), "priced", None, {}),
    ]


def test_what_an_operation_belongs_to_is_looked_up(told: Told) -> None:
    told.tell(project="finder", dimensions={"ring": "canary"})
    tree = {"projects": {"finder": {"team": "discovery"}}}
    [found] = operations_list(told.con, told.asked(tree=tree, team="discovery")).operations
    assert (found.project, found.team, found.dimensions) == ("finder", "discovery", {"ring": "canary"})


@pytest.mark.parametrize("cursor", ["x", "bm8", "W10", "e30"])
def test_a_cursor_that_no_page_gave_is_refused(told: Told, cursor: str) -> None:
    with pytest.raises(BadInput, match="no cursor"):
        operations_list(told.con, told.asked(), cursor)
