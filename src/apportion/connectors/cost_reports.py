"""What connectors for AI providers share: saved reports from a place, or the months from the API."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, ClassVar

import duckdb
from pydantic import ValidationError

from apportion.connectors.beginning import look
from apportion.connectors.contract import Offer, Place, Reading, Rows, SourceFile
from apportion.connectors.csv_rows import open_csv
from apportion.connectors.dialect import Dialect
from apportion.connectors.exports import ExportConnector, offer
from apportion.connectors.leaves import ENDINGS
from apportion.connectors.parquet_rows import open_parquet
from apportion.connectors.reading import read_rows
from apportion.connectors.recognise import hint
from apportion.connectors.report_rows import ReportRows, check_once, open_report, remarks
from apportion.connectors.stores import Changed, Patience, Said, Stored
from apportion.core.buckets import Bucket, Result
from apportion.core.errors import BadInput, NotFound
from apportion.core.paged_api import PagedApi, Query
from apportion.core.settings import Secret

MOST_MONTHS = 36
_CENT = Decimal("0.01")
_NOISE = Decimal("0.00000001")
"""Below this, a total that is told as a float may differ each time."""


class CostReportConnector(ExportConnector):
    """Reads saved reports where there is a location; without one, asks the API for complete days.

    Asked are the totals of each day first, then the lines of those months whose totals are new. `key` says
    where the admin key is (`{env: NAME}` or `{file: PATH}`); `months` how many, the current one included.
    """

    endings = ENDINGS
    patience: ClassVar[Patience] = Patience()
    key_variable: ClassVar[str]
    provider: ClassVar[str]
    group_fields: ClassVar[Sequence[str]] = ()
    """Fields of a result that are counts, and so no part of what it is about."""
    unit: ClassVar[int] = 1
    """How many of the units that amounts are told in make one of their currency."""

    def __init__(self, key: Any = None, months: int = 13) -> None:
        try:
            self.key = Secret.model_validate({"env": self.key_variable} if key is None else key)
        except ValidationError:
            raise BadInput(
                "The key itself does not belong here.",
                where="key",
                hint=f"Say where it is: key: {{env: {self.key_variable}}}.",
            ) from None
        if not isinstance(months, int) or not 1 <= months <= MOST_MONTHS:
            raise BadInput(
                "So many months cannot be asked for.", where="months", hint=f"Give 1 to {MOST_MONTHS}."
            )
        self.months = months

    def dialects(self) -> Sequence[Dialect]:
        """The shapes of bill that it reads, reports first."""
        raise NotImplementedError

    def asking(self, key: str, endpoint: str) -> PagedApi:
        """The API at `endpoint`, or the provider's own where that is ''."""
        raise NotImplementedError

    def question(self, start: date, end: date, *, lines: bool) -> tuple[str, Query]:
        """Path and query for the days from `start` up to `end`: their lines, or their totals alone."""
        raise NotImplementedError

    def amount(self, result: Result) -> Any:
        """What a result costs, as the provider writes it."""
        raise NotImplementedError

    def offers(self, place: Place) -> Sequence[Offer]:
        """See `BillConnector`; a month that still runs is not final."""
        if place.location:
            return super().offers(place)
        today = place.now().astimezone(UTC).date()
        first = today.replace(day=1)
        for _ in range(self.months - 1):
            first = (first - timedelta(days=1)).replace(day=1)
        found: dict[str, list[Stored]] = {}
        if first < today:
            for bucket in self._buckets(place, first, today, lines=False):
                if bucket.results:
                    found.setdefault(f"{bucket.start:%Y-%m}", []).append(self._day(bucket, today))
        if not found:
            raise NotFound(
                f"{self.provider} knows of no cost.", where=self.name, hint="Check the key and 'months'."
            )
        running = f"{today:%Y-%m}"
        return [
            offer(month, days, final=False if month >= running else None)
            for month, days in sorted(found.items())
        ]

    def fetch(self, place: Place, offer: Offer, folder: Path, said: Said) -> Sequence[SourceFile]:
        """See `BillConnector`; the lines of the days that are offered, complete or not there."""
        if place.location:
            return super().fetch(place, offer, folder, said)
        days = sorted(date.fromisoformat(stored.key) for stored in offer.objects)
        said(f"Asking {self.provider} for {days[0]} to {days[-1]}")
        buckets = self._buckets(place, days[0], days[-1] + timedelta(days=1), lines=True)
        wanted = sum((Decimal(stored.etag.split()[0]) for stored in offer.objects), Decimal(0))
        if abs(sum((self._total(bucket) for bucket in buckets), -wanted)) > _CENT * self.unit:
            raise Changed(f"The costs of {offer.period} changed while they were being read.", where=self.name)
        path = folder / f"{self.name}-costs-{offer.period}.jsonl"
        _write(path, buckets)
        return [SourceFile(path, path.name, path.stat().st_size)]

    def read(self, files: Sequence[SourceFile], con: duckdb.DuckDBPyConnection) -> Sequence[Reading]:
        """See `BillConnector`."""
        found = [self._open(file, con) for file in files]
        shapes = [self._shape(rows) for rows in found]
        if len({dialect.name for dialect in shapes}) > 1:
            raise BadInput(
                "There are reports of the API beside exports of the console, which have the same cost.",
                where=", ".join(file.name for file in files),
                hint="Give one of the two.",
            )
        reports = [rows for rows in found if isinstance(rows, ReportRows)]
        check_once(reports, self.group_fields)
        return [
            read_rows(
                rows, dialect, con, remarks=remarks(rows, reports) if isinstance(rows, ReportRows) else ()
            )
            for rows, dialect in zip(found, shapes, strict=True)
        ]

    def _open(self, file: SourceFile, con: duckdb.DuckDBPyConnection) -> Rows:
        kind, head = look(file, json=True)
        if kind == "parquet":
            return open_parquet(file, con)
        packed = kind == "gzip"
        if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
            return open_report(file, packed=packed, known=_needed(self.dialects()[0]))
        return open_csv(file, head, packed=packed)

    def _shape(self, rows: Rows) -> Dialect:
        headers = [name for name, _ in rows.columns]
        likely = max(self.dialects(), key=lambda dialect: dialect.likeness(headers))
        if missing := [name for name in _needed(likely) if name not in likely.positions(headers)]:
            raise BadInput(
                f"This is not {likely.title} that can be used: it lacks {', '.join(missing)}.",
                where=rows.file.name,
                hint=hint(headers, self.name, f"See docs/guides/{self.name}.md for what to save."),
            )
        return likely

    def _buckets(self, place: Place, start: date, end: date, *, lines: bool) -> list[Bucket]:
        endpoint = place.access.get("endpoint", "")
        api = replace(self.asking(self.key.read(place.directory), endpoint), patience=self.patience)
        path, query = self.question(start, end, lines=lines)
        return [
            replace(
                bucket, results=[{"organization_id": page.organization or None, **r} for r in bucket.results]
            )
            for page in api.pages(path, query)
            for bucket in page.buckets
        ]

    def _day(self, bucket: Bucket, today: date) -> Stored:
        state = "open" if f"{bucket.start:%Y-%m}" >= f"{today:%Y-%m}" else "over"
        total = self._total(bucket).quantize(_NOISE)
        return Stored(f"{bucket.start:%Y-%m-%d}", 0, f"{total:f} {state}", bucket.start)

    def _total(self, bucket: Bucket) -> Decimal:
        try:
            return sum((Decimal(str(self.amount(r) or 0)) for r in bucket.results), Decimal(0))
        except (InvalidOperation, TypeError, AttributeError):
            raise BadInput(
                f"An amount of {bucket.start:%Y-%m-%d} is no number.",
                where=self.name,
                hint="Ask again later.",
            ) from None


def _needed(dialect: Dialect) -> list[str]:
    """Columns that a file has to have: those that a row cannot do without, and the amount."""
    words = re.findall(r"\w+", dialect.amount)
    return [c.name for c in dialect.columns.values() if c.required or c.name in words]


def midnight(day: date) -> datetime:
    """The moment at which a day begins, in UTC."""
    return datetime.combine(day, time(), UTC)


def _write(path: Path, buckets: Sequence[Bucket]) -> None:
    """Results in a fixed order, so that the same answer is the same file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("w", encoding="utf-8", errors="replace") as file:
        for bucket in sorted(buckets, key=lambda b: b.start):
            file.write(_line(bucket))
    fresh.replace(path)


def _line(bucket: Bucket) -> str:
    results = sorted(bucket.results, key=lambda r: json.dumps(r, sort_keys=True, default=_exact))
    told: Mapping[str, Any] = {
        "starting_at": f"{bucket.start:%Y-%m-%dT%H:%M:%SZ}",
        "ending_at": f"{bucket.end:%Y-%m-%dT%H:%M:%SZ}",
        "results": results,
    }
    return json.dumps(told, default=_exact, ensure_ascii=False) + "\n"


def _exact(number: Decimal) -> str:
    """As text: a float would change it."""
    return format(number, "f")
