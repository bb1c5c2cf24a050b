"""GET /bridge."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from apportion import economics
from apportion.api.answers import reply
from apportion.api.deps import TableParams, Workspace
from apportion.api.routes.reports import REPORT

router = APIRouter(prefix="/bridge", tags=["Bills"])


class BridgeParams(TableParams):
    """Which bills, and what to hide of them."""

    source: str | None = Field(default=None, max_length=100, description="One source; all where left out.")
    period: str | None = Field(
        default=None,
        max_length=7,
        description="A billing period; each source's newest where left out.",
        examples=["2026-09"],
        json_schema_extra={"pattern": r"^\d{4}-(0[1-9]|1[0-2])$"},
    )
    account: str | None = Field(default=None, max_length=200, description="One account of the bills.")
    without: str = Field(
        default="",
        max_length=100,
        description="Parts to hide, parted by commas: credits, refunds, tax, support, marketplace.",
        examples=["credits,refunds"],
    )

    def request(self) -> economics.BridgeRequest:
        hidden = frozenset(part.strip() for part in self.without.split(",") if part.strip())
        return economics.BridgeRequest(self.source, self.period, self.account, hidden)


class BehindParams(BridgeParams):
    """Which step of which bill."""

    step: str = Field(max_length=200, description="A step of the bridge.", examples=["net_discounts"])
    currency: str | None = Field(default=None, max_length=3, description="Where the bill has several.")
    line_item_type: str | None = Field(default=None, max_length=200, description="One kind of line.")
    service: str | None = Field(default=None, max_length=300, description="One service.")
    cursor: int = Field(default=0, ge=0, le=100_000_000, description="Charges to pass over.")
    limit: int = Field(default=50, ge=1, le=1000)

    def behind(self) -> economics.BehindRequest:
        """What of the bill is asked for."""
        return economics.BehindRequest(
            self.step, self.currency, self.line_item_type, self.service, self.cursor, self.limit
        )


@router.get(
    "",
    summary="From the provider's console to the invoice",
    response_model=economics.BridgeReport,
    responses=REPORT,
)
def get_bridge(request: Request, app: Workspace, params: Annotated[BridgeParams, Query()]) -> Response:
    """Why a bill is not the number in the provider's console: steps that add up, and the rows behind them."""
    return reply(request, app.bridge(params.request()), params, "steps")


@router.get(
    "/charges",
    summary="The charges of a step",
    response_model=economics.BehindReport,
    responses=REPORT,
)
def get_bridge_charges(
    request: Request, app: Workspace, params: Annotated[BehindParams, Query()]
) -> Response:
    """The lines of the bill that move most in a step of one bridge, with what each adds to it."""
    return reply(request, app.bridge_charges(params.request(), params.behind()), params, "charges")
