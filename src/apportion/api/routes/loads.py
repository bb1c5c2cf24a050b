"""GET /loads and /loads/{id}."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from apportion.api.answers import reply_object
from apportion.api.deps import TableParams, Tabular, Workspace
from apportion.api.routes.reports import REPORT

router = APIRouter(prefix="/loads", tags=["Workspace"])
LONG = ("rejects", "tag_keys")


class Open(BaseModel):
    """A record that may say more than its model."""

    model_config = ConfigDict(extra="allow")


class Total(Open):
    """Sums of one currency."""

    currency: str
    BilledCost: str
    EffectiveCost: str


class Repair(Open):
    """What was repaired in how many rows of a column."""

    repair: str
    column: str
    rows: int
    example: str


class Reject(Open):
    """A value that kept its row out of the ledger."""

    file: str
    line: int
    column: str
    value: str
    reason: str


class LoadSummary(Open):
    """One load of one source and billing period."""

    load_id: str
    kind: str = Field(examples=["bill", "usage", "customers", "revenue", "identities"])
    source: str
    connector: str
    billing_period: str
    loaded_at: str
    status: str = Field(examples=["loaded", "restated", "replaced"])
    files: list[str]
    rows: int
    rejected_rows: int
    totals: list[Total]
    repairs: list[Repair]


class Load(LoadSummary):
    """A load with samples of its rejected rows and the tag keys it found."""

    rejects: list[Reject]


class LoadList(BaseModel):
    """All loads, newest first."""

    loads: list[LoadSummary]


class LoadsParams(TableParams):
    """Which loads."""

    kind: Literal["all", "bill", "usage", "customers", "revenue", "identities"] = Field(
        default="all", description="One kind of load; all of them where left out."
    )


@router.get(
    "", summary="Loads of bills, usage, customers and revenue", response_model=LoadList, responses=REPORT
)
def list_loads(request: Request, app: Workspace, params: Annotated[LoadsParams, Query()]) -> Response:
    """Newest first, without the samples of rejected rows."""
    found = app.loads("" if params.kind == "all" else params.kind)
    loads = [{name: value for name, value in load.items() if name not in LONG} for load in found]
    return reply_object(request, {"loads": loads}, params, "loads")


@router.get("/{load_id:path}", summary="One load", response_model=Load, responses=REPORT)
def get_load(load_id: str, request: Request, app: Workspace, params: Tabular) -> Response:
    """Repairs, rejected rows, and the difference to the load before."""
    return reply_object(request, app.load(load_id), params, "rejects")
