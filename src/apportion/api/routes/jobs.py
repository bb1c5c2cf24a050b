"""GET /jobs."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from apportion.api.answers import reply
from apportion.api.deps import Tabular, Workspace
from apportion.api.routes.reports import REPORT
from apportion.jobs import JOBS

router = APIRouter(tags=["Data"])


class JobRow(BaseModel):
    """A job, and how its last run went."""

    job: str = Field(examples=["anomalies"])
    what: str
    every_minutes: int
    started: datetime | None = Field(description="Null where it never ran.")
    outcome: Literal["ok", "failed"] | None
    said: str | None
    seconds: float | None


class JobList(BaseModel):
    """Every job."""

    jobs: list[JobRow] = Field(description="In the order in which they run.")


@router.get("/jobs", summary="Jobs", response_model=JobList, responses=REPORT)
def list_jobs(request: Request, app: Workspace, params: Tabular) -> Response:
    """What runs on a schedule, and how its last run went."""
    last = {row["job"]: row for row in app.last_jobs()}
    found = [
        JobRow(
            job=job.name,
            what=job.what,
            every_minutes=int(job.every.total_seconds()) // 60,
            **{name: last.get(job.name, {}).get(name) for name in ("started", "outcome", "said", "seconds")},
        )
        for job in JOBS
    ]
    return reply(request, JobList(jobs=found), params, "jobs")
