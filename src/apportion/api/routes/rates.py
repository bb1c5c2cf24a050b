"""GET /rates and what belongs to it: the table of prices, one model's, what has none, and cards of before."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from apportion.api.answers import reply
from apportion.api.deps import TableParams, Tabular, Workspace
from apportion.api.routes.reports import REPORT
from apportion.core.errors import BadInput
from apportion.metering.cards import CardUse
from apportion.metering.unpriced import Unpriced
from apportion.pricing import conditions
from apportion.pricing.listing import RateRow, asked, holding, row

router = APIRouter(prefix="/rates", tags=["AI"])
CARD = "The version of a card that priced something before; the one that holds now where left out."


class RateParams(TableParams):
    """Which rates, and which page of them."""

    provider: str = Field(default="", max_length=200, description="One provider, by any of its names.")
    model: str = Field(
        default="", max_length=200, description="One model, by any of its names; * is a wildcard."
    )
    at: date | None = Field(default=None, description="Only what holds on this day; all days where left out.")
    card: str = Field(default="", max_length=40, description=CARD)
    cursor: str = Field(default="", max_length=100, description="From `next_cursor` of the page before.")
    limit: int = Field(default=100, ge=1, le=1000)


class RateList(BaseModel):
    """The table of rates, or a page of it."""

    card: str = Field(description="The version of the card.", examples=["71feb7016ce3"])
    total: int = Field(description="Rates that are asked for, on all pages.")
    rates: list[RateRow] = Field(description="Your own first, then the price list.")
    next_cursor: str | None


@router.get("", summary="The table of rates", response_model=RateList, responses=REPORT)
def list_rates(request: Request, app: Workspace, params: Annotated[RateParams, Query()]) -> Response:
    """Who asks how much for what, since when, and who says so."""
    card = app.named_card(params.card)
    found = asked(card, params.provider, params.model, params.at)
    start = _start(params.cursor, card.version)
    end = start + params.limit
    report = RateList(
        card=card.version,
        total=len(found),
        rates=[row(rate) for rate in found[start:end]],
        next_cursor=f"{card.version}.{end}" if end < len(found) else None,
    )
    return reply(request, report, params, "rates")


def _start(cursor: str, version: str) -> int:
    """How many rates to skip. A page goes on in the card that it began with."""
    if not cursor:
        return 0
    known, _, count = cursor.partition(".")
    if known != version or not (count.isascii() and count.isdigit()):
        raise BadInput("this goes on in another rate card", where="cursor", hint="Begin without a cursor.")
    return int(count)


class UnpricedList(BaseModel):
    """Models that no rate is known for."""

    unpriced: list[Unpriced] = Field(description="The most operations first.")


@router.get("/unpriced", summary="What has no price", response_model=UnpricedList, responses=REPORT)
def list_unpriced(request: Request, app: Workspace, params: Tabular) -> Response:
    """Models of operations that no rate is known for, and what is missing."""
    return reply(request, UnpricedList(unpriced=app.unpriced()), params, "unpriced")


class CardList(BaseModel):
    """Every rate card that ever priced something."""

    cards: list[CardUse] = Field(description="The newest first.")


@router.get("/cards", summary="Rate cards of before", response_model=CardList, responses=REPORT)
def list_cards(request: Request, app: Workspace, params: Tabular) -> Response:
    """Each is kept whole: `GET /rates?card=VERSION` shows its rates."""
    return reply(request, CardList(cards=app.rate_cards()), params, "cards")


class PriceParams(TableParams):
    """Under which conditions."""

    at: date | None = Field(default=None, description="On this day, in UTC; today where left out.")
    tier: str = Field(default="", max_length=100, description="Service tier: priority, flex, …")
    batch: bool = Field(default=False, description="Through a batch interface.")
    region: str = Field(default="", max_length=100, description="The region of the call.")
    card: str = Field(default="", max_length=40, description=CARD)


class HoldingRates(BaseModel):
    """The prices of a model under its conditions on a day."""

    provider: str = Field(description="As the price list calls it.", examples=["openai"])
    model: str = Field(examples=["gpt-4o"])
    day: date
    conditions: str = Field(examples=["standard", "priority", "batch"])
    card: str
    rates: list[RateRow] = Field(description="One for each kind, threshold and hours of the day.")


@router.get(
    "/{provider}/{model:path}",
    summary="What a model costs",
    response_model=HoldingRates,
    responses=REPORT,
)
def get_rates(
    provider: str, model: str, request: Request, app: Workspace, params: Annotated[PriceParams, Query()]
) -> Response:
    """The prices that hold for a model on a day, by any of its names; not found where there are none."""
    card, day = app.named_card(params.card), params.at or datetime.now(UTC).date()
    when = conditions(params.tier, params.batch, params.region)
    found = holding(card, provider, model, day, when)
    report = HoldingRates(
        provider=found.provider,
        model=found.model,
        day=day,
        conditions=str(when),
        card=card.version,
        rates=[row(rate) for rate in found.rates],
    )
    return reply(request, report, params, "rates")
