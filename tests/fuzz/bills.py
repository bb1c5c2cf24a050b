"""A small good bill of every connector, as a table of text, to be broken in every way."""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import aws_bills
import azure_bills
import google_bills
import oracle_bills
from ingestion_bills import HOUR

ROWS = 6


@dataclass(frozen=True)
class Table:
    """Rows of text under a header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def put(self, row: int, column: int, value: str) -> "Table":
        """The same with another cell."""
        cells = list(self.rows[row])
        cells[column] = value
        return replace(self, rows=(*self.rows[:row], tuple(cells), *self.rows[row + 1 :]))


@dataclass(frozen=True)
class Bill:
    """A connector, its bill, and the column whose sum the charges keep: `amount`, in the ledger `kept`.

    `forms` are those in which its files come besides CSV and Parquet.
    """

    connector: str
    table: Table
    amount: str
    kept: str = "x_SourceCost"
    forms: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


def _table(rows: Sequence[Mapping[str, str]]) -> Table:
    header = tuple(dict.fromkeys(name for row in rows for name in row))
    return Table(header, tuple(tuple(row.get(name, "") for name in header) for row in rows))


def _of(row: Mapping[str, str], amount: str, *others: Mapping[str, str]) -> Table:
    """Lines of different amounts: ordinary ones, and one for each of `others`."""
    more = [*others, *[{}] * (ROWS - len(others))]
    return _table([{**row, amount: str(Decimal(n) / 8), **other} for n, other in enumerate(more, 1)])


def _google() -> Table:
    """Google's nested line as a CSV of it would be, lists and structs as JSON."""
    flat: dict[str, str] = {}

    def spread(value: Any, name: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                spread(inner, f"{name}.{key}" if name else key)
        else:
            flat[name] = json.dumps(value) if isinstance(value, list) else str(value)

    spread(google_bills.HOUR, "")
    return _of(flat, "cost", {"credits": '[{"name": "c", "amount": -0.5, "type": "PROMOTION"}]'})


_PLAN = "arn:aws:savingsplans::100000000001:savingsplan/p-1"
_FEE = {
    "lineItem/LineItemType": "SavingsPlanRecurringFee",
    "savingsPlan/SavingsPlanARN": _PLAN,
    "savingsPlan/TotalCommitmentToDate": "3",
    "savingsPlan/UsedCommitment": "1",
}
_COVERED = {
    "lineItem/LineItemType": "SavingsPlanCoveredUsage",
    "savingsPlan/SavingsPlanARN": _PLAN,
    "savingsPlan/SavingsPlanEffectiveCost": "0.7",
    "resourceTags/user:team": "core",
}

_CREDITS = '[{"name": "c", "amount": -0.5, "type": "PROMOTION"}]'
_GOOGLE_FOCUS = {
    "ChargeCategory": "usage",
    "PricingCategory": "standard",
    "Tags": '[{"key": "team", "value": "core", "x_type": "label"}]',
    "x_Credits": "[]",
    "x_CostType": "regular",
    "x_Project": '{"id": "shop-prod", "number": "123", "name": "Shop"}',
}
_VENDOR = {
    "org": "harbor",
    "day": "2026-09-01",
    "product": "logs",
    "team": "core",
    "cost": "1",
    "quantity": "3",
    "unit": "GB",
}
_MEANING = {
    "columns": {
        "BilledCost": "cost",
        "ChargePeriodStart": "day",
        "ServiceName": "product",
        "SubAccountId": "org",
        "ConsumedQuantity": "quantity",
        "ConsumedUnit": "unit",
    },
    "values": {"ServiceProviderName": "Lookout", "BillingCurrency": "USD"},
    "tags": ["team"],
    "skip": {"org": ["Total"]},
}

_CLAUDE = {
    "usage_date_utc": "2026-09-03",
    "model": "Claude Haiku 4.5",
    "workspace": "Default",
    "context_window": "≤ 200k",
    "token_type": "input_no_cache",
    "cost_usd": "1",
    "list_price_usd": "1",
}
_OPENAI = {
    "start_time": "1788393600",
    "start_time_iso": "2026-09-03T00:00:00+00:00",
    "end_time_iso": "2026-09-04T00:00:00+00:00",
    "amount_value": "1",
    "amount_currency": "usd",
    "line_item": "gpt-4o-2024-08-06, input",
    "project_id": "proj_shop",
}

BILLS: Mapping[str, Callable[[], Bill]] = {
    "focus": lambda: Bill("focus", _of(HOUR, "BilledCost"), "BilledCost", "BilledCost"),
    "aws": lambda: Bill(
        "aws", _of(aws_bills.LINE, "lineItem/UnblendedCost", _FEE, _COVERED), "lineItem/UnblendedCost"
    ),
    "azure": lambda: Bill(
        "azure",
        _of(azure_bills.DAY, "CostInBillingCurrency", azure_bills.COVERED),
        "CostInBillingCurrency",
    ),
    "aws focus": lambda: Bill("aws", _of(HOUR, "BilledCost"), "BilledCost", "BilledCost"),
    "azure focus": lambda: Bill(
        "azure", _of({**HOUR, "x_ResourceGroupName": "shop"}, "BilledCost"), "BilledCost"
    ),
    "gcp focus": lambda: Bill(
        "gcp",
        _of({**HOUR, **_GOOGLE_FOCUS}, "BilledCost", {"x_Credits": _CREDITS}),
        "BilledCost",
        forms=("json",),
    ),
    "anthropic": lambda: Bill("anthropic", _of(_CLAUDE, "cost_usd"), "cost_usd"),
    "openai": lambda: Bill("openai", _of(_OPENAI, "amount_value"), "amount_value"),
    "oracle": lambda: Bill("oracle", _of(oracle_bills.HOUR, "cost/myCost"), "cost/myCost"),
    "oracle focus": lambda: Bill("oracle", _of(oracle_bills.FOCUS_HOUR, "BilledCost"), "BilledCost"),
    "mapped": lambda: Bill("mapped", _of(_VENDOR, "cost"), "cost", forms=("json",), settings=_MEANING),
    "gcp": lambda: Bill("gcp", _google(), "cost", forms=("json",) * 5),
}


def read_back(text: str, delimiter: str) -> list[list[str]]:
    """What a strict reader makes of a CSV."""
    return list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True))
