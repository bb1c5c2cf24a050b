"""Many operations on their way out: those that are asked of, day by day, in any of the ways to write them."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import duckdb

from apportion.analytics.models import Part
from apportion.analytics.scope import DEFAULT_WINDOW
from apportion.core.errors import BadInput
from apportion.economics.operations.asked import Asked
from apportion.economics.operations.facts import OperationFacts
from apportion.engine import quote_ident
from apportion.ledger.schemas import OPERATIONS
from apportion.metering.export import Encoder

AT_ONCE = 5_000
Said = Callable[[str], None]


class Counted(Part):
    """How many operations are asked of, and how many of them have no cost."""

    operations: int
    without_cost: int


def window_text(facts: OperationFacts, window: str = "", since: str = "", until: str = "") -> str:
    """The window as one text, from either way of asking. `until` is the first day that is left out.

    Raises BadInput for both ways at once.
    """
    if not since and not until:
        return window or DEFAULT_WINDOW
    if window:
        raise BadInput("Give a window, or since and until.", where="window")
    newest = max(facts.last_day, facts.newest.date()) + timedelta(days=1)
    return f"{since or facts.first_day}..{until or newest + timedelta(days=1)}"


def counted(con: duckdb.DuckDBPyConnection, asked: Asked) -> Counted:
    """How many there are to write."""
    return Counted.model_validate(asked.fetch(con, "export_counted", read_from=_begin(asked))[0])


def written(
    con: duckdb.DuckDBPyConnection, asked: Asked, encoder: Encoder, said: Said = lambda _: None
) -> Iterator[str]:
    """The operations as text, oldest first, with where they belong looked up; some thousand at a time."""
    yield encoder.head()
    columns = ", ".join(quote_ident(name) for name in OPERATIONS)
    day, end = _days(asked)
    while day < end:
        said(str(day))
        following = day + timedelta(days=1)
        begin, until = asked.facts.begin(day), asked.facts.begin(following)
        sql, params = asked.statement(
            "exported", parts={"columns": columns}, read_from=begin, start=begin, until=until
        )
        found = con.execute(sql, params)
        names = [column[0] for column in found.description or []]
        while rows := found.fetchmany(AT_ONCE):
            if text := encoder.encode([dict(zip(names, row, strict=True)) for row in rows]):
                yield text
        day = following


def _days(asked: Asked) -> tuple[date, date]:
    """The first day of the window that has operations, and the day after the last."""
    facts = asked.facts
    newest = max(facts.last_day, facts.newest.date()) + timedelta(
        days=1
    )  # UTC's, or the one after in the zone
    return max(asked.window.start, facts.first_day), min(asked.window.end, newest + timedelta(days=1))


def _begin(asked: Asked) -> object:
    return asked.facts.begin(asked.window.start)
