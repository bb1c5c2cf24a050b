"""SQL that a reading puts around a dialect's: what is required of a charge, its repairs, its month."""

from collections.abc import Mapping

from apportion.engine import quote_ident

REQUIRED = (
    "BilledCost",
    "EffectiveCost",
    "BillingCurrency",
    "BillingPeriodStart",
    "ChargePeriodStart",
    "ChargeCategory",
)
KEPT_AND_OWN = (
    "CASE WHEN broken OR own = '{}' THEN kept "
    "WHEN coalesce(cardinality(kept), 0) = 0 THEN CAST(CAST(own AS JSON) AS MAP(VARCHAR, VARCHAR)) "
    "ELSE CAST(CAST(left(CAST(to_json(kept) AS VARCHAR), -1) || ',' || substr(own, 2) AS JSON) "
    "AS MAP(VARCHAR, VARCHAR)) END"
)
"""`$kept_and_own` of a dialect: x_Columns with a JSON object `own`, in a tenth of the time of map_concat."""
GAPS = {
    **{name: f"{quote_ident(name)} IS NULL" for name in REQUIRED},
    "BillingCurrency": "NOT regexp_full_match(\"BillingCurrency\", '[A-Z]{3}')",
}
"""What makes a row no charge, by the column at fault."""


def mask(made: Mapping[int, str]) -> str:
    """SQL for the bits of the repairs whose conditions are columns f0, f1, …"""
    if not made:
        return "CAST(0 AS BIGINT)"
    bits = " | ".join(f"CASE WHEN f{bit} THEN {1 << bit} ELSE 0 END" for bit in made)
    return f"CASE WHEN {' OR '.join(f'f{bit}' for bit in made)} THEN CAST({bits} AS BIGINT) ELSE 0 END"


def month(moment: str, expected: str) -> str:
    """The month of a row; formatting a date takes long, comparing it with the expected month does not."""
    written = f"strftime({moment}, '%Y-%m')"
    if not expected:
        return written
    start = f"TIMESTAMPTZ '{expected}-01 00:00:00+00'"
    inside = f"{moment} >= {start} AND {moment} < {start} + INTERVAL 1 MONTH"
    return f"CASE WHEN {inside} THEN '{expected}' ELSE {written} END"
