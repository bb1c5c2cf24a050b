"""GET /runs and /runs/{id}."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from apportion.api.answers import reply_object
from apportion.api.deps import Tabular, Workspace
from apportion.api.routes.reports import REPORT

router = APIRouter(prefix="/runs", tags=["Workspace"])
LONG = ("rules", "answers", "perspectives", "versions")


class Run(BaseModel):
    """One finished run of the allocation."""

    model_config = ConfigDict(extra="allow")

    run_id: str
    started_at: str
    finished_at: str
    rules_hash: str = Field(description="Changes with the rules.")
    dimensions: list[str]
    measures: list[str]
    currencies: list[str]
    metric: str
    time_zone: str
    first_day: str
    last_day: str
    charges: int = Field(description="Line items read.")
    results: int = Field(description="Rows of the result.")


class RunList(BaseModel):
    """All runs, newest first."""

    runs: list[Run]


@router.get("", summary="Runs of the allocation", response_model=RunList, responses=REPORT)
def list_runs(request: Request, app: Workspace, params: Tabular) -> Response:
    """Newest first; the first is the one whose results stand."""
    runs = [{name: value for name, value in run.items() if name not in LONG} for run in app.runs()]
    return reply_object(request, {"runs": runs}, params, "runs")


@router.get("/{run_id:path}", summary="One run", response_model=Run, responses=REPORT)
def get_run(run_id: str, request: Request, app: Workspace, params: Tabular) -> Response:
    """The versions a run read, the rules it followed, and what came out."""
    return reply_object(request, app.run(run_id), params, "dimensions")
