"""Writes operations as FOCUS in CSV, batch by batch, through the same SQL as charges of a bill."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cached_property
from typing import Any

import duckdb
import pyarrow as pa

from apportion import focus
from apportion.conformance.export import VERSIONS
from apportion.conformance.export_columns import Layout
from apportion.conformance.metered import OWN, Charge, Charging, Record
from apportion.conformance.validation import PACKAGE, define_macros
from apportion.core.errors import BadInput
from apportion.engine import connect, quote_ident, statement

DEFAULT_VERSION = "1.3"
FILLED = frozenset(
    {
        "BillingAccountType", "ChargeFrequency", "ConsumedQuantity", "ConsumedUnit", "ContractedUnitPrice",
        "HostProviderName", "InvoiceId", "ListUnitPrice", "PricingCategory", "PricingCurrency",
        "PricingCurrencyContractedUnitPrice", "PricingCurrencyEffectiveCost", "PricingCurrencyListUnitPrice",
        "RegionId", "RegionName", "ServiceSubcategory", "SkuId", "SkuMeter", "SkuPriceId", "Tags",
    }
)  # fmt: skip
"""Columns that FOCUS wants from those who can fill them, and operations can."""
_WIDE, _PLACES = Context(prec=60, rounding=ROUND_HALF_UP), Decimal("1E-12")
_ARROW = {
    "money": pa.decimal128(38, 12),
    "number": pa.decimal128(38, 12),
    "time": pa.timestamp("us", tz="UTC"),
    "map": pa.map_(pa.string(), pa.string()),
}


class FocusRows:
    """An encoder of operations as FOCUS charges; what has no cost has no charge, and is counted."""

    media_type = "text/csv; charset=utf-8"
    ending = "csv"

    def __init__(self, charging: Charging, version: str = DEFAULT_VERSION) -> None:
        if version not in VERSIONS:
            raise BadInput(
                f"FOCUS {version} is not written.",
                where="focus_version",
                hint=f"There are {', '.join(VERSIONS)}.",
            )
        self._charging = charging
        self._layout = Layout(version, FILLED, OWN)
        self.rows = self.without_cost = self.divided = 0

    @cached_property
    def _con(self) -> duckdb.DuckDBPyConnection:
        con = connect(memory_limit="512MB", threads=1)
        define_macros(con)
        con.execute(statement(PACKAGE, "export_macros"))
        return con

    def head(self) -> str:
        """The names of the columns."""
        found = self._select([]).description or []
        return ",".join(column[0] for column in found) + "\n"

    def encode(self, records: Iterable[Record]) -> str:
        """One line for each kind of token of each operation."""
        charges: list[Charge] = []
        for record in records:
            made = self._charging.charges(record)
            charges += made.rows
            self.without_cost += record["cost"] is None
            self.divided += made.divided
        if not charges:
            return ""
        self.rows += len(charges)
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(self._select(charges).fetchall())
        return out.getvalue()

    def _select(self, charges: Sequence[Charge]) -> duckdb.DuckDBPyConnection:
        kinds = focus.charge_columns()
        made = [n for n in (*kinds, *OWN) if n in charges[0]] if charges else []
        columns = {name: pa.array([_value(c[name]) for c in charges], _arrow(name)) for name in made}
        self._con.register("metered", pa.table(columns or {"nothing": pa.array([], pa.string())}))
        listed = ", ".join(
            f"CAST({quote_ident(name) if name in columns else 'NULL'} AS {kind}) AS {quote_ident(name)}"
            for name, kind in {**kinds, **dict.fromkeys(OWN, "VARCHAR")}.items()
        )
        return self._con.execute(self._layout.select(f"SELECT {listed} FROM metered", text=True))


def _arrow(name: str) -> pa.DataType:
    column = focus.superset().get(name)
    return _ARROW.get(column.stored if column else "text", pa.string())


def _value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return _WIDE.quantize(value, _PLACES)
    return list(value.items()) if isinstance(value, dict) else value
