"""Connector `anthropic`: what an organization pays for Claude, from its cost report or the console."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from string import Template
from typing import Any, ClassVar

from apportion.connectors.cost_reports import CostReportConnector, midnight
from apportion.connectors.dialect import Dialect, body, given
from apportion.core.buckets import Result
from apportion.core.paged_api import PagedApi, Query

_PACKAGE = "apportion.connectors.anthropic"
_COSTS = "/v1/organizations/cost_report"
_VERSION = "2023-06-01"
_MOST_DAYS = 31
_CENTS = "CAST(amount * 0.01 AS DECIMAL(28,12))"
"""Amounts of the API are in the lowest unit of the currency, as text: '123.45' is 1.2345 USD."""


class AnthropicConnector(CostReportConnector):
    """Reads costs by day, workspace and description, or the CSV that the console exports."""

    name = "anthropic"
    provider: ClassVar[str] = "Anthropic"
    key_variable: ClassVar[str] = "ANTHROPIC_ADMIN_KEY"
    group_fields: ClassVar[Sequence[str]] = ("amount",)
    unit: ClassVar[int] = 100

    def dialects(self) -> Sequence[Dialect]:
        """See `CostReportConnector`."""
        return dialects()

    def asking(self, key: str, endpoint: str) -> PagedApi:
        """See `CostReportConnector`."""
        return PagedApi(
            self.provider,
            endpoint or "https://api.anthropic.com",
            self.key.place,
            {"x-api-key": key, "anthropic-version": _VERSION},
            "anthropic-organization-id",
        )

    def question(self, start: date, end: date, *, lines: bool) -> tuple[str, Query]:
        """See `CostReportConnector`."""
        query: dict[str, str | int | Sequence[str]] = {
            "starting_at": f"{midnight(start):%Y-%m-%dT%H:%M:%SZ}",
            "ending_at": f"{midnight(end):%Y-%m-%dT%H:%M:%SZ}",
            "bucket_width": "1d",
            "limit": _MOST_DAYS,
        }
        return _COSTS, {**query, "group_by[]": ["workspace_id", "description"]} if lines else query

    def amount(self, result: Result) -> Any:
        """See `CostReportConnector`."""
        return result.get("amount")


@cache
def dialects() -> Sequence[Dialect]:
    """Every shape of bill that is read."""
    report = _dialect(
        "cost-report", "a cost report of Anthropic", "start_time_iso", _CENTS, "upper(currency)"
    )
    console = _dialect(
        "console", "a cost export of the Claude console", "usage_date_utc", "cost_usd", "'USD'"
    )
    return [report, console]


def _dialect(name: str, title: str, day: str, amount: str, currency: str) -> Dialect:
    api = name == "cost-report"
    parts = {
        "amount": amount,
        "list": "CAST(NULL AS DECIMAL(28,12))" if api else "list_price_usd",
        "currency": currency,
        "day": day,
        "finish": "end_time_iso" if api else "CAST(NULL AS TIMESTAMPTZ)",
        "organization": "organization_id" if api else "CAST(NULL AS VARCHAR)",
        "workspace": "workspace_id" if api else "workspace",
        "workspace_name": "workspace_name" if api else "workspace",
        "description": "description" if api else "CAST(NULL AS VARCHAR)",
        "tier": "service_tier" if api else "CAST(NULL AS VARCHAR)",
        "key": "CAST(NULL AS VARCHAR)" if api else "api_key",
        "model": "model" if api else Template(_AS_THE_API_CALLS_IT).substitute(model="model"),
    }
    return Dialect(
        name,
        title,
        given(_PACKAGE, name.replace("-", "_")),
        Template(body(_PACKAGE, "costs")).safe_substitute(parts),
        version="1.4",
        period=day,
        currency=currency,
        account="workspace_id" if api else "workspace",
        kind=f"CASE WHEN {amount} < 0 THEN 'Credit' ELSE 'Usage' END",
        amount=amount,
        ignored=("start_time", "end_time"),
    )


_AS_THE_API_CALLS_IT = (
    "regexp_replace(regexp_replace(lower(trim($model)), '[ .]+', '-', 'g'), "
    "'-([0-9]{4})-([0-9]{2})-([0-9]{2})$$$$', '-\\1\\2\\3')"
)
"""The console writes Claude Haiku 4.5 for claude-haiku-4-5, and dates with dashes."""
