"""GET /runs, /runs/{id} and /runs/{id}/diff."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from apportion.analytics.changes import Changes
from apportion.api.answers import reply, reply_object
from apportion.api.deps import Tabular, Workspace
from apportion.api.problems import documented
from apportion.api.routes.changes import ChangesParams
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
    standing: bool = Field(description="Whether its results are those that everybody sees.")
    pinned: bool = Field(description="Whether its files are kept however old they get.")
    digest: str = Field(description="The same for runs with the same digits; empty for runs of before.")
    as_of: str = Field(description="The run that this one repeats; empty for most.")


class OneRun(Run):
    """A run with all of its record."""

    reproducible: bool = Field(description="Whether all the data that it was made from is still there.")
    missing: str = Field(description="Which files are gone and since when; empty where none are.")


class DiffParams(ChangesParams):
    """What a run is compared with."""

    other: str = Field(
        default="", alias="with", max_length=100, description="Another run; the standing one where left out."
    )


class RunList(BaseModel):
    """All runs, newest first."""

    runs: list[Run]


@router.get("", summary="Runs of the allocation", response_model=RunList, responses=REPORT)
def list_runs(request: Request, app: Workspace, params: Tabular) -> Response:
    """Newest first; the first is the one whose results stand."""
    runs = [{name: value for name, value in run.items() if name not in LONG} for run in app.runs()]
    return reply_object(request, {"runs": runs}, params, "runs")


@router.get(
    "/{run_id}/diff",
    summary="What differs from a run to another",
    response_model=Changes,
    responses={**REPORT, **documented(409, 503)},
)
def diff_runs(
    run_id: str, request: Request, app: Workspace, params: Annotated[DiffParams, Query()]
) -> Response:
    """Rules by name and setting, data by version, and the targets whose cost differs."""
    found = app.run_diff(run_id, params.other, params.window, params.metric or "")
    return reply(request, found.limited(params.limit), params, "targets")


@router.get("/{run_id:path}", summary="One run", response_model=OneRun, responses=REPORT)
def get_run(run_id: str, request: Request, app: Workspace, params: Tabular) -> Response:
    """The versions a run read, the rules it followed, and what came out."""
    return reply_object(request, app.run(run_id), params, "dimensions")
