"""GET /costs/forecast."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from apportion.analytics.query import Metric
from apportion.api.answers import reply
from apportion.api.deps import TableParams, Workspace
from apportion.api.routes.query import FILTER, QueryParams
from apportion.api.routes.reports import REPORT
from apportion.forecasting import Asked, ForecastReport, forecast
from apportion.forecasting.models import Horizon

router = APIRouter(tags=["Reports"])


class ForecastParams(TableParams):
    """Whose cost, and how far."""

    window: str = Field(
        default="30d",
        max_length=30,
        description="Its last day is the last that may be known; its days say which groups are largest.",
    )
    metric: Metric | None = Field(default=None, description="The workspace's default where left out.")
    currency: str | None = Field(default=None, max_length=3, description="One currency; all where left out.")
    perspective: str | None = Field(default=None, max_length=64)
    group_by: str = Field(
        default="", max_length=400, description="Up to three fields, parted by commas.", examples=["team"]
    )
    filter: str = Field(default="", max_length=20_000, description="The filter as JSON.", examples=[FILTER])
    horizon: Horizon = Field(default="month", description="The days of `days`: of the month, or 90.")
    method: str = Field(
        default="band", max_length=20, description="band; or run_rate, seasonal_naive, theta."
    )
    limit: int = Field(default=20, ge=1, le=1000, description="Groups to show; the rest is one row.")

    def asked(self) -> Asked:
        """What to forecast; raises BadInput where the parts do not make a query."""
        named = ("metric", "perspective", "group_by", "filter", "window", "limit")
        query = QueryParams.model_validate({name: getattr(self, name) for name in named}).query()
        return Asked(query=query, horizon=self.horizon, currency=self.currency, method=self.method)


@router.get("/costs/forecast", summary="Forecast", response_model=ForecastReport, responses=REPORT)
def get_forecast(request: Request, app: Workspace, params: Annotated[ForecastParams, Query()]) -> Response:
    """What the month and the next 90 days will cost, with 80 % intervals, and how earlier forecasts did."""
    asked = params.asked()
    with app.reader() as (con, facts):
        given = app.given_forecasts(facts, asked.query)
        report = forecast(con, facts, asked, given)
    return reply(request, report, params, "months" if report.group_by else "totals")
