"""Budgets as a tenant may see them: those of which it is named itself, and no other's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apportion.access.errors import Forbidden
from apportion.core.errors import BadInput, NotFound
from apportion.core.times import read_at

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from apportion.budgets.report import BudgetList, Checked, OneBudget

AT_ONCE = 1000
CLOSED = "This is not yours to see."


def list_own(app: Any, team: str, cursor: str, limit: int, at: str = "") -> BudgetList:
    """A page of the team's budgets. `cursor` counts those before, so that it names nobody."""
    from apportion.budgets.report import BudgetList  # noqa: PLC0415
    from apportion.budgets.standing import headline  # noqa: PLC0415

    own = [row for row in _all(app, at) if row.entity.get("team") == team]
    if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) <= len(str(AT_ONCE**2))):
        raise BadInput("this is no cursor", where="cursor", hint="Take `next_cursor` of the page before.")
    start = int(cursor or 0)
    return BudgetList(
        headline=headline([row.state for row in own]),
        budgets=own[start : start + limit],
        next_cursor=str(start + limit) if start + limit < len(own) else None,
    )


def _all(app: Any, at: str) -> list[Any]:
    found: list[Any] = []
    cursor = ""
    while True:
        page = app.list_budgets(cursor, AT_ONCE, at)
        found += page.budgets
        if not page.next_cursor:
            return found
        cursor = page.next_cursor


def one_own(app: Any, team: str, name: str, entity: str, at: str = "") -> OneBudget:
    """One budget of the team. Forbidden for all others, be they there or not.

    What was counted when it was declared is left out: that is of everybody whom the budget is for.
    """
    if at:
        read_at(at, "UTC")  # what is no time is said to be none, as to everybody
    try:
        found: OneBudget = app.budget(name, entity or team, at)
    except (NotFound, BadInput):
        raise Forbidden(CLOSED) from None
    if found.entity.get("team") != team:
        raise Forbidden(CLOSED)
    return found.model_copy(update={"counted_from": None, "counted_at_first": 0})


def check_own(app: Any, field: str, name: str, names: Mapping[str, Any], estimate: Decimal | None) -> Checked:
    """Whether the tenant's own budgets have room for a call of its own; others' do not count."""
    if names.get(field) not in (None, name):
        raise Forbidden(CLOSED)
    found: Checked = app.check_budgets({**names, field: name}, estimate)
    own = [room for room in found.budgets if room.entity.get(field) == name]
    allowed = all(_room(room, estimate) for room in own if room.enforced)
    return found.model_copy(update={"allowed": allowed, "budgets": own})


def _room(room: Any, estimate: Decimal | None) -> bool:
    fits: bool = room.remaining > 0 if estimate is None else room.remaining >= estimate
    return fits
