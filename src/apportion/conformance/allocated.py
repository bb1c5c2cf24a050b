"""What a perspective attributed, as charges with FOCUS's columns for split cost allocation."""

from collections.abc import Mapping, Sequence

import duckdb

from apportion import focus
from apportion.core.errors import BadInput, NotFound
from apportion.engine import quote_ident, quote_text, statement
from apportion.ledger import RunRecord

PACKAGE = "apportion.conformance"
OWN = (
    "x_CostClass", "x_Evidence", "x_Method", "x_Node", "x_Perspective", "x_Rule", "x_Source", "x_Target",
    "x_TargetKind",
)  # fmt: skip

_RATIO = """
    '{"Elements":[{"AllocatedRatio":' || CAST(CAST(
        reached * 1000000000000 // total - (reached - in_units(EffectiveCost)) * 1000000000000 // total
        AS DECIMAL(26, 0)) * CAST(0.000000000001 AS DECIMAL(12, 12)) AS VARCHAR) || '}]}'"""
"""Differences of a running quotient: the ratios of a pool add up to 1, to the last digit."""


def perspective_of(run: RunRecord | None, wanted: str) -> str:
    """The perspective to export: the one asked for, or the only one, or that of the customers."""
    if run is None:
        raise NotFound("Nothing has been allocated yet.", hint="Run 'apportion allocate'.")
    names = list(run.perspectives)
    if wanted in names:
        return wanted
    if wanted:
        raise NotFound(f"There is no perspective '{wanted}'.", hint=f"There are {', '.join(names)}.")
    if len(names) == 1 or "customer" in names:
        return "customer" if "customer" in names else names[0]
    raise BadInput(
        "Say which perspective.", hint=f"--perspective takes {', '.join(names)}.", where="--allocated"
    )


def allocated_charges(run: RunRecord, perspective: str, source: str, names: Mapping[str, str]) -> str:
    """A SELECT of the columns of `charges`, then those of OWN; `names` are what the targets are called.

    The sums of BilledCost and EffectiveCost are those of the charges.
    """
    to = str(run.perspectives[perspective]["to"])
    dimensions = list(run.dimensions)
    pairs = ", ".join(f"{{'key': {quote_text(d)}, 'value': {quote_ident(d)}}}" for d in dimensions if d != to)
    columns = {
        **_columns(to, names),
        **{
            n: n for n in ("BillingAccountId", "BillingAccountName", "BillingPeriodStart", "BillingPeriodEnd")
        },
    }
    kept = [
        f"CAST({columns.get(name, 'NULL')} AS {kind}) AS {quote_ident(name)}"
        for name, kind in focus.charge_columns().items()
    ]
    return statement(
        PACKAGE, "allocated",
        source=quote_text(source),
        perspective=quote_text(perspective),
        tags=pairs or "CAST(NULL AS STRUCT(key VARCHAR, value VARCHAR))",
        pool=", ".join(map(quote_ident, dimensions)) or "1",
        columns=", ".join(kept),
    )  # fmt: skip


def _columns(to: str, names: Mapping[str, str]) -> dict[str, str]:
    """SQL for each FOCUS column of an attributed row."""
    service = "coalesce(tags['service'], ServiceProviderName, source)"
    split = "rule IS NOT NULL AND rule <> ''"
    given = f"{split} AND target_kind = 'allocated'"
    called = "".join(f" WHEN {quote_text(k)} THEN {quote_text(v)}" for k, v in names.items())
    return {
        "BilledCost": "BilledCost",
        "EffectiveCost": "EffectiveCost",
        "BillingCurrency": "currency",
        "ChargeCategory": "'Usage'",
        "ChargeDescription": f"perspective || ': ' || {service} || ' to ' || target",
        "ChargeFrequency": "'Usage-Based'",
        "ChargePeriodStart": "CAST(day AS TIMESTAMPTZ)",
        "ChargePeriodEnd": "CAST(day AS TIMESTAMPTZ) + INTERVAL 1 DAY",
        "InvoiceIssuerName": "InvoiceIssuerName",
        "ServiceProviderName": "ServiceProviderName",
        "ServiceName": service,
        "Tags": "tags",
        "AllocatedMethodId": f"CASE WHEN {split} THEN perspective || '/' || rule END",
        "AllocatedMethodDetails": f"CASE WHEN {split} AND total > 0 AND NOT mixed THEN {_RATIO} END",
        "AllocatedResourceId": f"CASE WHEN {given} THEN target END",
        "AllocatedResourceName": f"CASE WHEN {given} THEN "
        + (f"CASE target{called} ELSE target END" if called else "target")
        + " END",
        "AllocatedTags": f"CASE WHEN {given} THEN MAP {{{quote_text(to)}: target}} END",
        "x_Source": "source",
        "x_BillingPeriod": "billing_period",
    }


def customer_names(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What each customer is called."""
    found: Sequence[tuple[str, str]] = con.execute(
        "SELECT customer_id, any_value(customer_name) FROM customers WHERE customer_name <> '' GROUP BY 1"
    ).fetchall()
    return dict(found)
