"""Oracle's reports as dialects: cost reports, and FOCUS reports."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from string import Template

from apportion import focus
from apportion.connectors.dialect import Dialect, body, given
from apportion.connectors.focus.mended import mended
from apportion.engine import quote_text

_PACKAGE = "apportion.connectors.oracle"
_CORRECTION = "coalesce(lower(is_correction) IN ('true', 'y', 'yes', '1'), false)"


@cache
def cost_report() -> Dialect:
    """The dialect of `reports/cost-csv`."""
    parts = {**_tables(), "correction": _CORRECTION}
    return Dialect(
        "cost-report",
        "an Oracle cost report",
        given(_PACKAGE),
        Template(body(_PACKAGE, "cost_report")).safe_substitute(parts),
        version="1.4",
        period="interval_start",
        currency="upper(trim(currency_code))",
        account="compartment_id",
        kind=f"CASE WHEN {_CORRECTION} THEN 'Correction' ELSE 'Usage' END",
        amount="my_cost",
        local=True,
    )


@cache
def focus_report() -> Dialect:
    """The dialect of `FOCUS Reports`."""
    free = ("ChargeFrequency", "PricingCategory", "ServiceCategory")
    found = mended(_PACKAGE, "an Oracle FOCUS report", free=free)
    allowed = ", ".join(map(quote_text, focus.column("ServiceCategory").allowed))
    columns = {
        name: replace(column, required=column.required and name not in ("EffectiveCost", "ChargeCategory"))
        for name, column in found.columns.items()
    }
    text = Template(found.body).safe_substitute({**_tables(), "categories": allowed})
    kind = """coalesce("x_LineItemType", "ChargeCategory", 'Usage')"""
    return replace(found, columns=columns, body=text, kind=kind)


@cache
def _tables() -> Mapping[str, str]:
    regions = [
        (key, r["region_id"], r["region_name"])
        for r in _rows("regions")
        for key in (r["region_id"], r["region_key"])
    ]
    services = ((r["key"], r["service"], r["category"], r["subcategory"]) for r in _rows("services"))
    return {"services": _values(services), "regions": _values(regions)}


def _rows(name: str) -> list[dict[str, str]]:
    text = files(_PACKAGE).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _values(rows: Iterable[Sequence[str]]) -> str:
    return ", ".join(f"({', '.join(map(quote_text, row))})" for row in rows)
