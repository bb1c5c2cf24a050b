"""Suggestions for small books: a file's text in, proposals out, and what an allocation then gives."""

from collections.abc import Sequence
from decimal import Decimal

from apportion.engine import connect
from apportion.suggestions import Facts, Found, suggest
from apportion.workspace import parse
from books import Books

MEASURES = "measures: {requests: {location: r.csv, dimensions: {service: s, customer: c}}}\n"


def found_in(books: Books, text: str = "company: small\n") -> Found:
    """What is suggested for a workspace whose file says `text`."""
    con = connect(threads=1)
    try:
        snapshot = books.ledger.snapshot()
        snapshot.register(con)
        facts = Facts(
            text=text,
            con=con,
            columns=snapshot.columns["charges"],
            tag_keys=books.tag_keys(),
            measures={n: list(m.dimensions) for n, m in parse(text).measures.items()},
            directory=books.root,
            currency="USD",
        )
        return suggest(facts, parse, lambda _: None)
    finally:
        con.close()


def titles(found: Found) -> list[str]:
    return [p.title for p in found.suggestions.proposals]


def attributed(books: Books, found: Found, numbers: Sequence[int]) -> dict[str, Decimal]:
    """What an allocation by the file with these proposals gives each perspective's targets, in all."""
    workspace = parse(found.accepted(numbers))
    measures = {n: list(m.dimensions) for n, m in workspace.measures.items()}
    books.allocate(workspace.rule_set().model_dump(mode="json", exclude_unset=True), measures)
    rows = books.sql(
        "SELECT perspective, sum(EffectiveCost) FILTER (target_kind = 'allocated') FROM allocations GROUP BY 1"
    )
    return {name: amount or Decimal(0) for name, amount in rows}


def predicted(found: Found, number: int) -> dict[str, Decimal]:
    """What was said that the perspectives attribute after a proposal and all before it."""
    return {c.perspective: c.attributed for c in found.suggestions.proposals[number - 1].after}
