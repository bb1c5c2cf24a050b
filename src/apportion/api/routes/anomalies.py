"""/costs/anomalies: what costs more or less than usual, one by one, and what people say of it."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from apportion.access.doing import name_of
from apportion.anomalies.incidents import Incident, Kind, Severity, State
from apportion.anomalies.report import AnomaliesReport, AnomalyReport, Asked, StateAsked
from apportion.api.answers import reply
from apportion.api.deps import Asking, TableParams, Tabular, Workspace
from apportion.api.problems import documented
from apportion.api.routes.reports import REPORT
from apportion.core.errors import BadInput

router = APIRouter(prefix="/costs/anomalies", tags=["Anomalies"])
Name = Annotated[str, Path(max_length=40, description="The id of an anomaly, or the beginning of it.")]


class AnomalyParams(TableParams):
    """Which anomalies."""

    state: StateAsked | None = Field(default=None, description="`going_on` is open or acknowledged.")
    severity: Severity | None = None
    kind: Kind | None = Field(default=None, description="A launch is a rise that new resources made.")
    grain: Literal["day", "hour"] | None = None
    since: date | None = Field(default=None, description="Only those seen on this day or after.")
    where: list[str] = Field(
        default=[], max_length=10, description="What it is about, as field=value; all must hold.",
        examples=[["service=exports"]],
    )  # fmt: skip
    cursor: int = Field(default=0, ge=0, le=100_000, description="How many to skip.")
    limit: int = Field(default=100, ge=1, le=1000)

    def asked(self) -> Asked:
        """As the report takes it. Raises BadInput for a condition that is none."""
        return Asked(
            state=self.state or "",
            severity=self.severity or "",
            kind=self.kind or "",
            grain={"day": "D", "hour": "H", None: ""}[self.grain],
            first=self.since,
            where=tuple(_pair(text) for text in self.where),
        )


def _pair(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals or not field:
        raise BadInput(f"'{text}' is no condition.", where="where", hint="Write it like service=exports.")
    return field, value


@router.get("", summary="Anomalies", response_model=AnomaliesReport, responses=REPORT)
def list_anomalies(request: Request, app: Workspace, params: Annotated[AnomalyParams, Query()]) -> Response:
    """What costs more or less than usual, the one seen last first; one event is one anomaly."""
    return reply(request, app.anomalies(params.asked(), params.limit, params.cursor), params, "anomalies")


@router.get("/{name}", summary="One anomaly", response_model=AnomalyReport, responses=REPORT)
def get_anomaly(request: Request, app: Workspace, name: Name, params: Tabular) -> Response:
    """Its chart with the expected range, what made it, at which levels it is seen, what people said of it."""
    return reply(request, app.anomaly(name), params, "chart")


class Mark(BaseModel):
    """What somebody says of an anomaly."""

    model_config = ConfigDict(extra="forbid")

    state: State
    reason: str = Field(default="", max_length=1000, description="Needed for `expected`.")
    who: str = Field(
        default="",
        max_length=200,
        description="Only where nobody has an account; then whoever asks is meant.",
    )


@router.post("/{name}/state", summary="Say what an anomaly is", responses=documented(404, 422))
def mark_anomaly(app: Workspace, by: Asking, name: Name, mark: Mark) -> Incident:
    """Acknowledged, expected (which mutes its like, and needs a reason), resolved, or open after all."""
    return app.mark_anomaly(name, mark.state, mark.reason, name_of(by, mark.who))
