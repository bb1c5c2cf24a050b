"""Writes a report as JSON or one of its tables as CSV, compressed where the client takes it."""

import csv
import gzip
import io
import json
import re
from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel

from apportion.api.deps import TableParams
from apportion.core.errors import BadInput

COMPRESS_FROM = 1_000
COMPRESSION = 4
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
Json = dict[str, Any]


def reply(request: Request, report: BaseModel, params: TableParams, table: str) -> Response:
    """The report as asked for; `table` names the list that CSV holds unless another is asked for."""
    if params.format == "csv":
        return _csv(request, report.model_dump(mode="json", by_alias=True), params.table or table)
    if params.table is not None:
        raise BadInput("'table' chooses what a CSV file holds.", where="table", hint="Add format=csv.")
    return _compressed(request, report.model_dump_json(by_alias=True).encode(), "application/json")


def reply_object(request: Request, body: Json, params: TableParams, table: str) -> Response:
    """An object that is JSON already, or one of its lists as CSV."""
    if params.format == "csv":
        return _csv(request, body, params.table or table)
    return _compressed(request, json.dumps(body, ensure_ascii=False).encode(), "application/json")


def _csv(request: Request, body: Json, table: str) -> Response:
    tables = {name: rows for name, rows in body.items() if isinstance(rows, list)}
    if table not in tables:
        hint = f"There are: {', '.join(tables)}."
        raise BadInput(f"This answer has no table '{table}'.", where="table", hint=hint)
    meta = body.get("meta") or {}
    rows = [_flat(row, meta) for row in tables[table] if isinstance(row, dict)]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _guarded(value) for name, value in row.items()} for row in rows)
    answer = _compressed(request, out.getvalue().encode(), "text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{_file_name(table, meta)}"'
    return answer


def _flat(row: Json, meta: Json) -> Json:
    """A row with nested objects as columns of their own, and what its amounts are a bug without."""
    flat: Json = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{key}": inner for key, inner in value.items()}
        else:
            flat[name] = value
    context = {
        "currency": meta.get("currency"),
        **{name: meta.get(name) for name in ("metric", "from", "to")},
    }
    return {**{name: value for name, value in context.items() if value is not None}, **flat} if meta else flat


def _guarded(value: object) -> object:
    """A cell that no spreadsheet takes for a formula; numbers stay what they are."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = " ".join(json.dumps(item) if isinstance(item, (dict, list)) else str(item) for item in value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def _file_name(table: str, meta: Json) -> str:
    days = [str(meta[name]) for name in ("from", "to") if meta.get(name)]
    return "-".join(["apportion", table.replace("_", "-"), *days]) + ".csv"


def _compressed(request: Request, body: bytes, media_type: str) -> Response:
    headers = {"Vary": "Accept-Encoding"}
    if len(body) >= COMPRESS_FROM and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, COMPRESSION, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, media_type=media_type, headers=headers)
