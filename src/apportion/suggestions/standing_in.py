"""Answers for bills without tags: the provider's services, and accounts, stand in for own names."""

from collections.abc import Iterator
from decimal import Decimal

from apportion.analytics.sentences import count, money
from apportion.engine import quote_ident
from apportion.suggestions.edits import Put
from apportion.suggestions.models import Draft
from apportion.suggestions.state import State, edits
from apportion.suggestions.tagged import own_perspective

COLUMNS = {"service": ("ServiceName", "the provider's services"), "team": ("SubAccountName", "accounts")}


def drafts(state: State, dimension: str) -> Iterator[Draft]:
    """A column that stands in for a dimension that no tag answers."""
    if state.has(dimension):
        return
    if dimension == "customer" and (known := state.bill.known(dimension)):
        said = (f"no tag names one; usage and the customers file know {count(len(known), 'customer')}",)
        empty = edits(Put(("dimensions",), dimension, []))
        yield Draft(dimension, "customer: as usage names them", "stated", empty, Decimal(0), said)
    if dimension not in COLUMNS:
        return
    column, what = COLUMNS[dimension]
    if column not in state.bill.columns:
        return
    at = quote_ident(column)
    rows = state.bill.rows(f"SELECT {at}, sum(cost) FROM bill WHERE {at} <> '' GROUP BY 1 ORDER BY 2 DESC, 1")
    if len(rows) < (2 if dimension == "team" else 1):
        return
    dearest = ", ".join(f"{name} {money(cost, state.bill.currency)}" for name, cost in rows[:3])
    said = (f"no tag names a {dimension}; {column} has {count(len(rows), 'value')}: {dearest}",)
    change = edits(Put(("dimensions",), dimension, [{"column": column}]), own_perspective(state, dimension))
    reach = sum((cost for _, cost in rows), Decimal(0)) if dimension == "team" else Decimal(0)
    title = f"{dimension}: {what} stand in, as no tag says"
    yield Draft(dimension, title, "assumed", change, reach, said, reports=True)
