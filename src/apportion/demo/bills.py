"""Writes the bills as each provider delivers them: FOCUS 1.2 in Parquet by AWS, 1.0 in CSV by the others."""

import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa

from apportion.demo.charges import Charges, Line
from apportion.demo.company import (
    ANTHROPIC_BILLING,
    AWS_PAYER,
    AZURE_BILLING,
    GCP_BILLING,
    OPENAI_BILLING,
)

_FORMATS = {
    "aws": ("parquet", "FORMAT parquet, COMPRESSION zstd", AWS_PAYER),
    "gcp": ("csv", "FORMAT csv, HEADER", GCP_BILLING),
    "azure": ("csv", "FORMAT csv, HEADER", AZURE_BILLING),
    "openai": ("csv", "FORMAT csv, HEADER", OPENAI_BILLING),
    "anthropic": ("csv", "FORMAT csv, HEADER", ANTHROPIC_BILLING),
}
_ISSUERS = {"openai": "OpenAI", "anthropic": "Anthropic"}
_Settings = dict[str, str | bool | int | float | list[str]]
_OFFLINE: _Settings = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
_TEXTS = """
    provider region service category subcategory sku meter unit description resource_id resource_name
    resource_type charge_category charge_class frequency pricing_category commitment commitment_type
    commitment_category commitment_status publisher
"""


def write_bills(directory: Path, charges: Charges) -> list[Path]:
    """One file for each provider and billing period that has charges; returns their paths."""
    paths = []
    with duckdb.connect(config=_OFFLINE) as con:
        con.execute("SET TimeZone = 'UTC'")
        con.register("lines", _lines(charges.lines))
        con.register("rows", _rows(charges))
        con.execute(_sql("priced"))
        for provider, (ending, options, account) in _FORMATS.items():
            folder = directory / "bills" / provider
            folder.mkdir(parents=True, exist_ok=True)
            names, shape = {"billing_account": account.id, "billing_name": account.name}, provider
            if issuer := _ISSUERS.get(provider):  # all of them are shaped alike
                names, shape = {**names, "provider": provider, "issuer": issuer}, "models"
            for period in _periods(con, provider):
                path = folder / f"fernway-{provider}-{period[:4]}-{period[4:]}.{ending}"
                target = "'" + str(path).replace("'", "''") + "'"
                con.execute(
                    f"COPY (SELECT * EXCLUDE (period, line) FROM ({_sql(shape)}) "
                    f"ORDER BY ChargePeriodStart, line, ChargePeriodEnd) TO {target} ({options})",
                    {**names, "period": int(period)},
                )
                paths.append(path)
    return paths


def _sql(name: str) -> str:
    text = files("apportion.demo").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    return text.strip().removesuffix(";")


def _periods(con: duckdb.DuckDBPyConnection, provider: str) -> list[str]:
    query = "SELECT DISTINCT period FROM amounts JOIN offers USING (line) WHERE provider = ? ORDER BY 1"
    found = con.execute(query, [provider]).fetchall()
    return [str(period) for (period,) in found]


def _rows(charges: Charges) -> pa.Table:
    """The charges' numbers as they are, without a copy."""
    arrays = {
        name: pa.Array.from_buffers(pa.int64(), len(column), [None, pa.py_buffer(column)])
        for name, column in charges.columns.items()
    }
    return pa.table(arrays)


def _lines(lines: Sequence[Line]) -> pa.Table:
    def column(attribute: str) -> pa.Array:
        return pa.array([getattr(line, attribute) or None for line in lines], pa.string())

    def texts(values: Iterable[str]) -> pa.Array:
        return pa.array(list(values), pa.string())

    def numbers(values: Iterable[int]) -> pa.Array:
        return pa.array(list(values), pa.int64())

    tags = pa.array([list(line.tags.items()) for line in lines], pa.map_(pa.string(), pa.string()))
    columns = {name: column(name) for name in _TEXTS.split()} | {
        "line": numbers(range(len(lines))),
        "account_id": texts(line.account.id for line in lines),
        "account_name": texts(line.account.name for line in lines),
        "list_price": numbers(line.list_price for line in lines),
        "contracted_price": numbers(line.contracted_price for line in lines),
        "tags": tags,
        "tags_json": texts(json.dumps(line.tags) for line in lines),
    }
    return pa.table(columns)
