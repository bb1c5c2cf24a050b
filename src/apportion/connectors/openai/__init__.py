"""Connector `openai`: what an organization pays OpenAI, from its costs API or saved answers of it."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, ClassVar

from apportion.connectors.cost_reports import CostReportConnector, midnight
from apportion.connectors.dialect import Dialect, body, given
from apportion.core.buckets import Result
from apportion.core.paged_api import PagedApi, Query

_PACKAGE = "apportion.connectors.openai"
_COSTS = "/v1/organization/costs"
_MOST_DAYS = 180
LEFT_OUT = {"No cost": "a day on which nothing was charged"}


class OpenAiConnector(CostReportConnector):
    """Reads the organization's costs by day, project and line item."""

    name = "openai"
    provider: ClassVar[str] = "OpenAI"
    key_variable: ClassVar[str] = "OPENAI_ADMIN_KEY"
    group_fields: ClassVar[Sequence[str]] = ("amount.value", "quantity")

    def dialects(self) -> Sequence[Dialect]:
        """See `CostReportConnector`."""
        return dialects()

    def asking(self, key: str, endpoint: str) -> PagedApi:
        """See `CostReportConnector`."""
        return PagedApi(
            self.provider,
            endpoint or "https://api.openai.com",
            self.key.place,
            {"Authorization": f"Bearer {key}"},
            "openai-organization",
        )

    def question(self, start: date, end: date, *, lines: bool) -> tuple[str, Query]:
        """See `CostReportConnector`."""
        query: dict[str, str | int | Sequence[str]] = {
            "start_time": int(midnight(start).timestamp()),
            "end_time": int(midnight(end).timestamp()),
            "bucket_width": "1d",
            "limit": _MOST_DAYS,
        }
        return _COSTS, {**query, "group_by[]": ["project_id", "line_item"]} if lines else query

    def amount(self, result: Result) -> Any:
        """See `CostReportConnector`."""
        return (result.get("amount") or {}).get("value")


@cache
def _costs() -> Dialect:
    nothing = "amount_value IS NULL AND line_item IS NULL"
    return Dialect(
        "openai-costs",
        "a report of OpenAI's costs",
        given(_PACKAGE, "costs"),
        body(_PACKAGE, "costs"),
        version="1.4",
        period="start_time_iso",
        currency=f"CASE WHEN {nothing} THEN 'USD' ELSE upper(amount_currency) END",
        account="project_id",
        kind=f"CASE WHEN {nothing} THEN 'No cost' WHEN amount_value < 0 THEN 'Credit' ELSE 'Usage' END",
        amount="amount_value",
        left_out=LEFT_OUT,
        ignored=("start_time", "end_time", "object"),
    )


def dialects() -> Sequence[Dialect]:
    """The shapes of bill that the reference describes."""
    return [_costs()]
