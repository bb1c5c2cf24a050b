"""GET /flow."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from apportion.analytics.flow import Flow, flow
from apportion.analytics.models import Facts
from apportion.analytics.scope import Scope
from apportion.api.answers import reply
from apportion.api.deps import ReportParams, Workspace, window_text
from apportion.api.routes.reports import REPORT
from apportion.core.errors import BadInput, NotFound

router = APIRouter(tags=["Reports"])


class FlowParams(ReportParams):
    """Which perspective, and how many names a column shows."""

    perspective: str | None = Field(
        default=None, max_length=64, description="The one to customers where left out, else the first."
    )
    start: date | None = Field(default=None, alias="from", description="First day, instead of a window.")
    to: date | None = Field(default=None, description="The day after the last.")
    limit: int = Field(default=8, ge=1, le=50, description="Names in a column; the rest is one of its own.")

    def scope(self, facts: Facts) -> Scope:
        """The days asked for; raises BadInput where `window` and `from`/`to` contradict each other."""
        if (self.start is None) != (self.to is None):
            raise BadInput("'from' and 'to' come together.", where="from")
        if self.start is not None and "window" in self.model_fields_set:
            raise BadInput("Give 'window', or 'from' and 'to', not both.", where="window")
        return Scope.of(facts, window_text(self.window, self.start, self.to), self.metric, self.currency)


@router.get("/flow", summary="Where cost flows", response_model=Flow, responses=REPORT)
def get_flow(request: Request, app: Workspace, params: Annotated[FlowParams, Query()]) -> Response:
    """Cost from who charged it, by where it began, to whom it is for; each band links to why."""
    with app.reader() as (con, facts):
        perspective = (
            params.perspective or facts.perspective_to("customer") or next(iter(facts.perspectives), "")
        )
        if not perspective:
            raise NotFound("The rules have no perspective.", hint="Add one to apportion.yaml.")
        return reply(request, flow(con, params.scope(facts), perspective, params.limit), params, "bands")
