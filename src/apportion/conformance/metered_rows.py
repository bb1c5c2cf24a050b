"""Writes operations as FOCUS in CSV, batch by batch, through the same SQL as charges of a bill."""

import csv
import io
from collections.abc import Iterable, Sequence
from functools import cached_property

import duckdb
import pyarrow as pa

from apportion import focus
from apportion.conformance.export import VERSIONS
from apportion.conformance.export_columns import Layout
from apportion.conformance.metered import Charge, Charging, Record
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
_KINDS = {
    **dict.fromkeys(
        ("quantity", "priced_quantity", "price", "list_price", "cost", "list_cost"), pa.decimal128(38, 12)
    ),
    "time": pa.timestamp("us", tz="UTC"),
    "tags": pa.map_(pa.string(), pa.string()),
}
OWN = ("x_OperationId", "x_PriceSource", "x_PriceState", "x_RateCard", "x_TokenKind")
"""What a charge has besides FOCUS's columns."""


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
        values = list(zip(*charges, strict=True)) or [()] * len(Charge._fields)
        kinds = [_KINDS.get(name, pa.string()) for name in Charge._fields]
        arrays = [pa.array(column, kind) for column, kind in zip(values, kinds, strict=True)]
        self._con.register("metered", pa.table(dict(zip(Charge._fields, arrays, strict=True))))
        return self._con.execute(self._statement)

    @cached_property
    def _statement(self) -> str:
        """The charges with every column that the layout reads; what operations do not have is null."""
        made = self._con.execute(f"SELECT * FROM ({statement(PACKAGE, 'metered')}) LIMIT 0").description or []
        has = {column[0] for column in made}
        columns = ", ".join(
            f"CAST({quote_ident(name) if name in has else 'NULL'} AS {kind}) AS {quote_ident(name)}"
            for name, kind in {**focus.charge_columns(), **dict.fromkeys(OWN, "VARCHAR")}.items()
        )
        return self._layout.select(f"SELECT {columns} FROM ({statement(PACKAGE, 'metered')})", text=True)
