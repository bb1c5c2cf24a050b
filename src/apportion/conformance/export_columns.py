"""Which columns an export has, and the SELECT that makes them of charges."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import duckdb

from apportion import focus
from apportion.conformance.tables import cleaned
from apportion.engine import quote_ident, quote_text, statement
from apportion.focus.columns import VERSIONS

PACKAGE = "apportion.conformance"
FILLED = "x_FilledColumns"
BEFORE_1_3 = VERSIONS[: VERSIONS.index("1.3")]
KEPT = tuple(name for name in focus.OWN_COLUMNS if name not in ("x_BillingPeriod", "x_Repairs"))
"""Columns of Apportion that an export carries."""

COMPANIONS = {
    "CommitmentDiscountCategory": "CommitmentDiscountId",
    "CommitmentDiscountStatus": "CommitmentDiscountId",
    "CommitmentDiscountType": "CommitmentDiscountId",
    "CapacityReservationStatus": "CapacityReservationId",
}
"""Columns that have to be there where another one has values."""


@dataclass(frozen=True)
class Layout:
    """The columns of an export of one source; `used` are those in which any of its charges has a value.

    A column that FOCUS wants only from those who can fill it is left out where no charge does. `own` names
    the x_ columns.
    """

    version: str
    used: frozenset[str]
    own: tuple[str, ...]

    @cached_property
    def columns(self) -> tuple[focus.Column, ...]:
        """The FOCUS columns, in alphabetical order."""
        return tuple(
            c
            for c in focus.columns_of(self.version)
            if c.level == "Mandatory" or c.name in self.used or COMPANIONS.get(c.name) in self.used
        )

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(c.name for c in self.columns)

    def select(self, charges: str, *, text: bool) -> str:
        """A SELECT of the export's columns from the SELECT `charges`; `text` as CSV wants them."""
        output = [f"{_written(c, text=text)} AS {quote_ident(c.name)}" for c in self.columns]
        output += [f"{sql} AS {quote_ident(n)}" for n, sql in sorted(self._own(text=text).items())]
        return self.conformant(charges, ", ".join(output))

    def fills(self, charges: str) -> str:
        """A SELECT of each set of columns that was filled, and in how many rows."""
        filled = self.conformant(charges, f"{self._filled()} AS filled")
        return f"SELECT filled, count(*) FROM ({filled}) GROUP BY 1"

    def conformant(self, charges: str, output: str) -> str:
        """A SELECT of `output` from charges that keep the rules of the version."""
        prices = [n for n in ("ContractedUnitPrice", "ListUnitPrice") if n in self.names]
        lists = {
            "charge_categories": focus.column("ChargeCategory").allowed,
            "service_categories": focus.column("ServiceCategory").allowed,
            "pricing_categories": focus.column("PricingCategory").allowed,
        }
        return statement(
            PACKAGE, "conformant",
            charges=self._taken(charges),
            output=output,
            strict=_truth(self.version not in BEFORE_1_3 and "SkuPriceId" in self.names),
            contract_measure="contract_measure(ContractApplied)" if self.version == "1.4" else "true",
            lacks_price=" OR ".join(f"{n} IS NULL" for n in prices) or "false",
            has_price=_truth(bool(prices)),
            has_contracted=_truth("ContractedUnitPrice" in prices),
            has_list=_truth("ListUnitPrice" in prices),
            **{name: f"[{', '.join(map(quote_text, values))}]" for name, values in lists.items()},
        )  # fmt: skip

    def _taken(self, charges: str) -> str:
        """The charges; words for nothing are null, and each exported column stands beside them as it was."""
        texts = [c.name for c in focus.superset().values() if c.stored in ("text", "json")]
        clean = ", ".join(f"{cleaned(quote_ident(n))} AS {quote_ident(n)}" for n in texts)
        kept = "".join(f", {quote_ident(n)} AS {quote_ident(f'was {n}')}" for n in sorted(self.names))
        return f"SELECT * REPLACE ({clean}){kept} FROM ({charges})"

    def _filled(self) -> str:
        changed = [
            f"CASE WHEN {quote_ident(n)} IS DISTINCT FROM {quote_ident(f'was {n}')} THEN {quote_text(n)} END"
            for n in sorted(self.names)
        ]
        return f"nullif(concat_ws(', ', {', '.join(changed)}), '')"

    def _own(self, *, text: bool) -> Mapping[str, str]:
        kinds = focus.charge_columns()
        own = {n: _own_written(n, kinds.get(n, "VARCHAR"), text=text) for n in self.own}
        return {**own, FILLED: self._filled()}


def used_columns(con: duckdb.DuckDBPyConnection, charges: str) -> frozenset[str]:
    """The columns of the SELECT `charges` in which any row has a value."""
    names = list(focus.superset())
    counts = ", ".join(f"count({quote_ident(n)})" for n in names)
    row = con.execute(f"SELECT {counts} FROM ({charges})").fetchone() or ()
    return frozenset(n for n, count in zip(names, row, strict=True) if count)


def fill_counts(con: duckdb.DuckDBPyConnection, fills: str) -> dict[str, int]:
    """In how many rows each column was filled, the most first."""
    found: dict[str, int] = {}
    for names, rows in con.execute(fills).fetchall():
        for name in names.split(", ") if names else ():
            found[name] = found.get(name, 0) + int(rows)
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _written(column: focus.Column, *, text: bool) -> str:
    value = quote_ident(column.name)
    if column.stored == "map":
        return f"CAST(to_json({value}) AS VARCHAR)"
    if not text:
        return value
    if column.stored in ("money", "number"):
        return plain_number(value)
    return f"strftime({value}, '%Y-%m-%dT%H:%M:%SZ')" if column.stored == "time" else value


def _own_written(name: str, kind: str, *, text: bool) -> str:
    value = quote_ident(name)
    if kind.startswith("MAP"):
        return f"CAST(to_json({value}) AS VARCHAR)"
    return plain_number(value) if text and kind.startswith("DECIMAL") else value


def plain_number(value: str) -> str:
    """A decimal as text without zeros that say nothing."""
    return f"CASE WHEN {value} = 0 THEN '0' ELSE rtrim(rtrim(CAST({value} AS VARCHAR), '0'), '.') END"


def _truth(yes: bool) -> str:
    return "true" if yes else "false"
