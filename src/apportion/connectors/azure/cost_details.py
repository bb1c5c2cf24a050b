"""Cost details of Azure as dialects: amortized, actual, and actual beside amortized."""

import csv
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from string import Template

from apportion.connectors.dialect import Dialect, Given, body, folded, given
from apportion.engine import quote_text

_PACKAGE = "apportion.connectors.azure"
TITLE = "an export of Azure cost details"

_MODEL = "lower(regexp_replace(coalesce(pricing_model, ''), '[^A-Za-z]', '', 'g'))"
COMMITMENT_PURCHASE = (
    f"coalesce(lower(charge_type) IN ('purchase', 'refund') AND ({_MODEL} IN ('reservation', 'savingsplan') "
    "OR reservation_id IS NOT NULL OR benefit_id IS NOT NULL), false)"
)
"""SQL that is true for buying a reservation or savings plan, or having it refunded."""

_DIGITS = "regexp_replace(billing_period, '[^0-9]', '', 'g')"
PERIOD = (
    "coalesce(billing_period_start, "
    f"CASE WHEN regexp_matches({_DIGITS}, '^20[0-9]{{2}}(0[1-9]|1[0-2])') "
    f"THEN CAST(strptime(left({_DIGITS}, 6), '%Y%m') AS TIMESTAMPTZ) END, "
    "date_trunc('month', usage_date))"
)
ALSO_AMORTIZED = "ActualCost beside AmortizedCost"
_LEFT_OUT = {
    ALSO_AMORTIZED: "the amortized export of the month has this cost; only purchases of commitments are taken"
}


def cost_details(
    headers: Sequence[str] | None, basis: str = "amortized", currency: str = "", months: Collection[str] = ()
) -> Dialect:
    """The dialect for a file with `headers`; None for any.

    `basis` 'amortized' or 'actual' says which costs it has. `currency` is taken where it names none. `months`
    ('YYYY-MM') are those that an amortized file covers: of their actual costs only purchases of commitments
    are taken.
    """
    columns = given(_PACKAGE) if headers is None else preferred(given(_PACKAGE), headers)
    code = quote_text(currency) if currency else "NULL"
    known = f"coalesce(upper(trim(billing_currency)), {code})"
    covered = (
        f"strftime({PERIOD}, '%Y-%m') IN ({', '.join(map(quote_text, sorted(months)))})"
        if months
        else "false"
    )
    left_out = f"{covered} AND NOT {COMMITMENT_PURCHASE}"
    kind = "coalesce(charge_type, 'Usage')"
    kind = f"CASE WHEN {left_out} THEN {quote_text(ALSO_AMORTIZED)} ELSE {kind} END" if months else kind
    parts = {
        **_METRICS["beside" if months else basis],
        **_tables(),
        "covered": covered.replace(PERIOD, "period_start"),
        "taken": f"NOT ({left_out})".replace(PERIOD, "period_start"),
        "kind": kind.replace(PERIOD, "period_start"),
        "commitment_purchase": COMMITMENT_PURCHASE,
        "currency": known,
        "period": PERIOD,
    }
    # Twice, for the metrics themselves name parts.
    text = Template(Template(body(_PACKAGE, "cost_details")).safe_substitute(parts)).safe_substitute(parts)
    return Dialect(
        basis,
        TITLE,
        columns,
        text,
        version="1.4",
        period=PERIOD,
        currency=known,
        account="subscription_id",
        kind=kind,
        amount="line_cost",
        left_out=_LEFT_OUT if months else {},
        local=True,
    )


_METRICS: Mapping[str, Mapping[str, str]] = {
    "amortized": {
        "billed": "CASE WHEN committed AND category = 'Usage' THEN 0 ELSE line_cost END",
        "effective": "CASE WHEN commitment_purchase THEN 0 ELSE line_cost END",
    },
    "actual": {"billed": "line_cost", "effective": "line_cost"},
    "beside": {"billed": "line_cost", "effective": "CASE WHEN $covered THEN 0 ELSE line_cost END"},
}


def preferred(columns: Mapping[str, Given], headers: Iterable[str]) -> dict[str, Given]:
    """`columns`, each meaning only the first of its aliases that the file has."""
    has = {folded(header) for header in headers}

    def chosen(column: Given) -> Given:
        if column.stored == "keys" or folded(column.name) in has:
            return replace(column, aliases=()) if column.stored != "keys" else column
        return replace(column, aliases=tuple(a for a in column.aliases if folded(a) in has)[:1])

    return {name: chosen(column) for name, column in columns.items()}


@cache
def _tables() -> Mapping[str, str]:
    """The tables that the SQL joins, as rows of VALUES."""
    regions = {
        key: (row["region_id"], row["region_name"])
        for row in _rows("regions")
        for key in (row["region_id"], *filter(None, row["aliases"].split("|")))
    }
    return {
        "services": _values(
            (r["key"], r["service"], r["category"], r["subcategory"]) for r in _rows("services")
        ),
        "regions": _values((key, *names) for key, names in regions.items()),
        "units": _values((r["key"], r["unit"]) for r in _rows("units")),
    }


def _rows(name: str) -> list[dict[str, str]]:
    text = files(_PACKAGE).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _values(rows: Iterable[Sequence[str]]) -> str:
    return ", ".join(f"({', '.join(map(quote_text, row))})" for row in rows)
