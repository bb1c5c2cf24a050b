"""Operations in files: CSV with a column a field, or JSON with an operation a line."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from apportion.core.errors import BadInput, NotFound
from apportion.metering.batch import MOST, Batch, Rejected, check
from apportion.metering.operation import COUNTS, Operation
from apportion.metering.service import Meter, Receipt

OWN = "dimensions."
"""What the name of a column begins with that is a free dimension."""
OURS = frozenset({"received", "source", "price_state", "rate", "currency", "cost", "changed", "period"})
"""Columns of an export that say what became of an operation here: it is priced anew where it comes in."""
_WHOLE = {*COUNTS, "requests", "max_tokens", "latency_ms"}
_SWITCH = {"batch", "success"}
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class Line(NamedTuple):
    """One operation as a file has it, and the line it begins on, counted from 1."""

    number: int
    content: Any


def keep_file(meter: Meter, path: Path) -> Receipt:
    """Keep the operations of a file, a thousand at a time; in `rejected`, `index` is the line.

    What was kept before an interruption counts once when the file is given again. BadInput for a file that is
    neither CSV nor JSON lines, NotFound where there is none.
    """
    lines, total = _lines(path), Receipt(0, 0)
    while some := list(islice(lines, MOST)):
        now = meter.now()
        batch = _numbered(check([line.content for line in some], now), some)
        part = meter.keep(batch.operations, "csv", now, batch.rejected)
        total = Receipt(
            total.accepted + part.accepted,
            total.repeated + part.repeated,
            [*total.rejected, *part.rejected],
            sorted({*total.unpriced, *part.unpriced}),
        )
    return total


def _numbered(batch: Batch, lines: list[Line]) -> Batch:
    rejected: list[Rejected] = [replace(r, index=lines[r.index].number) for r in batch.rejected]
    return Batch(batch.operations, rejected)


def _lines(path: Path) -> Iterator[Line]:
    kinds = {".csv": _csv, ".jsonl": _json, ".ndjson": _json}
    if path.suffix.lower() not in kinds:
        raise BadInput("this is neither .csv nor .jsonl", where=str(path), hint="Name it by what it is.")
    if not path.is_file():
        raise NotFound("There is no such file.", where=str(path))
    try:
        yield from kinds[path.suffix.lower()](path)
    except UnicodeDecodeError:
        raise BadInput("this is not text in UTF-8", where=str(path), hint="Save it as UTF-8.") from None


def _json(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8-sig") as file:
        for number, text in enumerate(file, 1):
            if text.strip():
                try:
                    yield Line(number, _exported(json.loads(text)))
                except ValueError:
                    yield Line(number, text)  # no operation: told as rejected


def _csv(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        names = [name for name in rows.fieldnames or [] if not name.startswith(OWN)]
        exported = {"operation_id", *OURS} if "operation_id" in names else set()
        if unknown := [n for n in names if n not in Operation.__annotations__ and n not in exported]:
            raise BadInput(
                f"operations have no field '{unknown[0]}'",
                where=f"{path}, line 1",
                hint=f"Call a column of your own {OWN}{unknown[0]}.",
            )
        number = 2
        for row in rows:
            yield Line(number, _operation(row))
            number = rows.line_num + 1


def _operation(row: dict[str | None, Any]) -> dict[str, Any]:
    """Empty cells are unknown; cells without a column make the row no operation."""
    told = {name: value.strip() for name, value in row.items() if name and (value or "").strip()}
    found: dict[str, Any] = {n: _value(n, v) for n, v in told.items() if not n.startswith(OWN)}
    own = {n.removeprefix(OWN): v for n, v in told.items() if n.startswith(OWN)}
    if isinstance(found.get("dimensions"), str):
        found["dimensions"] = _object(found["dimensions"]) | own
    elif own:
        found["dimensions"] = own
    found = _exported(found)
    return found if None not in row else {**found, "more cells than columns": len(row[None])}


def _value(name: str, text: str) -> Any:
    if name in _WHOLE and text.lstrip("-").isdigit():
        return int(text)
    return _WORDS.get(text.lower(), text) if name in _SWITCH else text


def _exported(found: Any) -> Any:
    """An operation as it was told, of one as `operations export` writes it; others stay as they are."""
    if not isinstance(found, dict) or "operation_id" not in found:
        return found
    told = {name: value for name, value in found.items() if name not in OURS and name != "operation_id"}
    return {"id": found["operation_id"], **told}


def _object(text: str) -> Any:
    """A JSON object in a cell; a text that is none makes the row no operation."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"": text}
