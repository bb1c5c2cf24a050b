"""GET /bridge."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from apportion import economics
from apportion.api.answers import reply
from apportion.api.deps import TableParams, Workspace
from apportion.api.routes.reports import REPORT

router = APIRouter(tags=["Bills"])


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


@router.get(
    "/bridge",
    summary="From the provider's console to the invoice",
    response_model=economics.BridgeReport,
    responses=REPORT,
)
def get_bridge(request: Request, app: Workspace, params: Annotated[BridgeParams, Query()]) -> Response:
    """Why a bill is not the number in the provider's console: steps that add up, and the rows behind them."""
    return reply(request, app.bridge(params.request()), params, "steps")
