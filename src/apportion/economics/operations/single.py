"""One operation with all that is known of it, and its price explained line by line."""

from collections.abc import Callable
from datetime import UTC

import duckdb
from pydantic import Field

from apportion.analytics.models import Amount, Part, Row
from apportion.analytics.sentences import money
from apportion.analytics.statements import fetch, read_sql
from apportion.core.errors import NotFound
from apportion.core.money import from_units, to_units
from apportion.economics.operations.listing import CarryingOperation
from apportion.economics.operations.overhead import carried_by
from apportion.economics.operations.places import lookups
from apportion.engine import quote_ident
from apportion.metering.settings import Overhead, Tree
from apportion.pricing import Line, RateCard
from apportion.pricing.derived import of_cluster

CardOf = Callable[[str], RateCard | None]
"""The rate card of a version, where it is kept."""

IN_WORDS = {
    "priced": "Priced at the rates in force when it began.",
    "estimated": "Priced at the most it can have cost: nobody told what came from a cache, or its length.",
    "unpriced": "No rate is known for it.",
    "unknown": "What a price needs is not known of it.",
}
SO_FAR = (
    "Priced by what its cluster has cost so far: 'apportion rates derive' and 'rerate' price it again when "
    "the month is complete."
)
SINCE = "a rate is known by now, and 'apportion rates rerate' prices it"


class WholeOperation(CarryingOperation):
    """One operation; null is unknown."""

    input_audio_tokens: int | None
    cache_audio_read_tokens: int | None
    input_image_tokens: int | None
    output_audio_tokens: int | None
    output_image_tokens: int | None
    gpu_seconds: Amount | None
    prompt_hash: str | None
    prefix_hash: str | None
    span_id: str | None
    response_id: str | None


class PriceLine(Part):
    """So much of one kind, each at a price."""

    kind: str = Field(description="input, cache_read, output, …, request, or gpu.")
    quantity: Amount
    unit: str = Field(description="token, request or hour.")
    price: Amount = Field(description="For one unit.")
    cost: Amount
    source: str = Field(description="Whose price it is.")


class PriceExplained(Part):
    """How the cost comes about."""

    state: str
    sentence: str
    cost: Amount | None
    currency: str | None
    why: str | None = Field(description="What is missing where it has no price.")
    rate: str | None = Field(description="What it was priced by.")
    card: str | None = Field(description="The version of the rate card that it was priced by.")
    lines: list[PriceLine] = Field(description="By the card of `lines_card`.")
    lines_card: str | None = Field(description="Another than `card` where that one is not kept.")
    lines_cost: Amount | None = Field(description="What the lines add up to.")
    exact: bool = Field(description="Whether the lines add up to the cost.")
    note: str | None = Field(description="What is to be known where they do not.")
    reported_cost: Amount | None = Field(description="What someone else says it cost, in USD.")
    reported_difference: Amount | None = Field(description="The cost less that, where both are in USD.")


class SingleOperation(Part):
    """What did this one call cost, and why?"""

    headline: str
    operation: WholeOperation
    price: PriceExplained


def single_operation(
    con: duckdb.DuckDBPyConnection,
    name: str,
    tree: Tree,
    card: RateCard,
    card_of: CardOf,
    overhead: Overhead | None = None,
) -> SingleOperation:
    """The operation of this id, where it belongs looked up. Raises NotFound where there is none.

    `card` is the rate card as it is now; `card_of` has those of before, as far as they are kept.
    """
    filled, last, params = lookups(tree, "told")
    told = [field for field in WholeOperation.model_fields if field not in ("overhead", "overhead_is")]
    columns = ", ".join(map(quote_ident, told))
    sql = read_sql(__package__, "single").replace("{filled}", filled)
    found = fetch(con, sql.replace("{columns}", columns).replace("{last}", last), {**params, "id": name})
    if not found:
        raise NotFound(
            f"There is no operation '{name[:200]}'.",
            hint="Ids are those it was sent under; 'apportion ai list' shows them.",
        )
    row = {**found[0], "rate": found[0]["rate"] or None, "dimensions": found[0]["dimensions"] or {}}
    carries, kind = carried_by(con, overhead, row)
    operation = WholeOperation.model_validate({**row, "overhead": carries, "overhead_is": kind})
    price = _explained(found[0], card, card_of)
    return SingleOperation(headline=_headline(operation, price), operation=operation, price=price)


def _explained(row: Row, card: RateCard, card_of: CardOf) -> PriceExplained:
    cost, day = row["cost"], row["time"].astimezone(UTC).date()
    version = (row["rate"] or "").rpartition("#")[2]
    by, lines = card, list[Line]()
    if cost is not None:
        by = (card_of(version) if version != card.version else None) or card
        lines = by.lines(row, day)
    total = sum(line.cost for line in lines)
    exact = cost is not None and total == to_units(cost)
    why = card.why(row, day) or SINCE if cost is None else None
    reported = row["reported_cost"]
    comparable = cost is not None and reported is not None and row["currency"] == "USD"
    return PriceExplained(
        state=row["price_state"],
        sentence=SO_FAR if _so_far(row["price_state"], row["rate"]) else IN_WORDS[row["price_state"]],
        cost=cost,
        currency=row["currency"] if cost is not None else None,
        why=why,
        rate=row["rate"] or None,
        card=version or None,
        lines=[_line(line) for line in lines],
        lines_card=by.version if lines else None,
        lines_cost=from_units(total) if lines else None,
        exact=exact,
        note=None if exact or cost is None else _note(version, by.version, lines=bool(lines)),
        reported_cost=reported,
        reported_difference=cost - reported if comparable else None,
    )


def _so_far(state: str, rate: str | None) -> bool:
    return state == "estimated" and of_cluster(rate or "")


def _line(line: Line) -> PriceLine:
    return PriceLine.model_validate(line._asdict() | {"cost": from_units(line.cost)})


def _note(version: str, by: str, *, lines: bool) -> str:
    kept = f"It was priced by card {version}, which is not kept" if version != by else "It was priced before"
    now = "by today's card it would cost what the lines say" if lines else "today's card has no price for it"
    return f"{kept}; {now}. 'apportion rates rerate' shows the difference."


def _headline(operation: WholeOperation, price: PriceExplained) -> str:
    model = operation.model or operation.requested_model or "an unnamed model"
    whose = f" for {operation.customer}" if operation.customer else ""
    if price.cost is None or price.currency is None:
        return f"A call of {model}{whose} whose cost is not known: {price.why}."
    most = " at most" if price.state == "estimated" else ""
    most = " so far" if _so_far(price.state, price.rate) else most
    return f"A call of {model}{whose} that cost {money(price.cost, price.currency)}{most}."
