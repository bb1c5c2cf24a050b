"""Which costs a file of cost details has: actual or amortized, by what its rows show."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from apportion.connectors.azure.cost_details import COMMITMENT_PURCHASE, PERIOD
from apportion.connectors.contract import Form, Origin
from apportion.connectors.reading import BillReading

_KIND = "lower(regexp_replace(coalesce(charge_type, 'usage'), '[^A-Za-z]', '', 'g'))"
_MODEL = "lower(regexp_replace(coalesce(pricing_model, ''), '[^A-Za-z]', '', 'g'))"
_COVERED = (
    f"({_MODEL} IN ('reservation', 'savingsplan') OR "
    f"({_MODEL} = '' AND (reservation_id IS NOT NULL OR benefit_id IS NOT NULL)))"
)
SIGNS = {
    "unused": f"starts_with({_KIND}, 'unused')",
    "amortized": f"{_KIND} = 'usage' AND {_COVERED} AND line_cost <> 0",
    "bought": COMMITMENT_PURCHASE,
    "covered": f"{_KIND} = 'usage' AND {_COVERED} AND coalesce(line_cost, 0) = 0",
}
"""SQL for rows that tell which costs a file has."""

ORIGIN = Origin("", "", "")


@dataclass(frozen=True)
class Shown:
    """What the rows of a file show: how many of each of `SIGNS`, and the billing periods they are of."""

    signs: Mapping[str, int]
    months: frozenset[str]

    @property
    def basis(self) -> str:
        """'amortized', 'actual', or '' where the rows would be the same in both."""
        if self.signs["unused"] or self.signs["amortized"]:
            return "amortized"
        return "actual" if self.signs["bought"] or self.signs["covered"] else ""


def shown(reading: BillReading, con: duckdb.DuckDBPyConnection) -> Shown:
    """Look at every row of a file."""
    counts = ", ".join(f"count(*) FILTER ({sql})" for sql in SIGNS.values())
    months = f"list(DISTINCT strftime({PERIOD}, '%Y-%m'))"
    with reading.rows.streams(1, nulls=True)[0] as stream:
        select = f"SELECT {counts}, {months} FROM ({reading.typed(stream, Form(nulls=True, loose=True))})"
        *found, listed = con.cursor().execute(select).fetchone() or (*([0] * len(SIGNS)), [])
    return Shown(dict(zip(SIGNS, found, strict=True)), frozenset(m for m in listed or [] if m))


def named(name: str) -> str:
    """What the name of a file or a folder above it says: 'amortized', 'actual', 'focus' or ''."""
    words = re.sub(r"[^a-z]", "", name.lower())
    for part, basis in (("amorti", "amortized"), ("actual", "actual"), ("focus", "focus")):
        if part in words:
            return basis
    return ""


def group(name: str) -> str:
    """Files of one export have the same group: their folder, and their name without numbers and ids."""
    folder, _, file = name.rpartition("/")
    stem = re.split(r"\.(?:csv|parquet|snappy|gz)\b", file, maxsplit=1)[0]
    stem = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", stem.lower())
    return f"{folder}/{re.sub(r'[0-9]+', '', stem).strip('_-. ')}"


def together(found: Sequence[Shown]) -> str:
    """What the files of one export show together."""
    bases = {shown.basis for shown in found}
    return next((basis for basis in ("amortized", "actual") if basis in bases), "")
