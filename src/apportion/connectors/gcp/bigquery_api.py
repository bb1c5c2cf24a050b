"""What is asked of BigQuery: which months a table holds, and the lines of one, page by page."""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, TypeVar

from apportion.connectors.stores import Changed, Patience, Said
from apportion.connectors.stores.errors import needed
from apportion.core.errors import ApportionError, BadInput, NotFound, Terminal, Transient

T = TypeVar("T")

ROLES = "roles/bigquery.dataViewer on the data set and roles/bigquery.jobUser on the project that asks"
SIGN_IN = "Run 'gcloud auth application-default login', or set GOOGLE_APPLICATION_CREDENTIALS to a key file."
PAGE = 20_000
"""Lines asked for at once; BigQuery sends fewer where they are long."""

_LOCATION = re.compile(r"bigquery://([\w:.-]+?)[./](\w+)[./]([\w$-]+)")
_PASSING = {"backendError", "internalError", "rateLimitExceeded", "quotaExceeded", "jobBackendError"}


@dataclass(frozen=True)
class Month:
    """Lines of one invoice month in a table: how many, when the first and the last were exported (UTC)."""

    month: str
    lines: int
    oldest: str
    newest: str


@dataclass(frozen=True)
class Shape:
    """How a table says month and time of export, as SQL, and its partition column ('' where it has none)."""

    month: str
    exported: str
    partition: str


@dataclass(frozen=True)
class _Written:
    """How far the fetching of a month came: its query's job, and the lines and bytes that are on disk."""

    mark: str
    job: str
    lines: int = 0
    size: int = 0


class Table:
    """One table of a billing export.

    Raises Terminal naming the role that is missing, NotFound, and Transient where trying again may help.
    """

    def __init__(
        self, location: str, access: Mapping[str, str], most: int, patience: Patience, page: int = PAGE
    ) -> None:
        match = _LOCATION.fullmatch(location)
        if match is None:
            raise BadInput(
                "This is no table of BigQuery.",
                where=location,
                hint="Write bigquery://PROJECT.DATASET.TABLE.",
            )
        self.place, self.access, self.most, self.patience = location, access, most, patience
        self.name, self._page = ".".join(match.groups()), page
        self._project = match[1]

    def months(self) -> Sequence[Month]:
        """Every month in it; one query, over two columns."""
        shape = self.shape
        query = _query("bigquery_months", table=self.name, month=shape.month, exported=shape.exported)
        job = self._start(query, [], f"months-{os.urandom(8).hex()}")
        return [
            Month(row.month, int(row.row_count), row.oldest or "", row.newest or "")
            for row in self._asked(lambda: list(job.result(retry=None, job_retry=None)))
            if row.month
        ]

    def fetch(self, month: Month, target: Path, said: Said) -> None:
        """Write the month's lines to `target`, complete or not there; go on where an earlier try ended."""
        part, state = target.with_name(f"{target.name}.part"), target.with_name(f"{target.name}.state")
        target.parent.mkdir(parents=True, exist_ok=True)
        written = self._resumed(month, part, state)
        with part.open("r+b" if part.exists() else "w+b") as file:
            file.truncate(written.size)
            file.seek(written.size)
            for lines in self._pages(written.job, written.lines):
                file.write(b"".join(line.encode() + b"\n" for line in lines))
                file.flush()
                os.fsync(file.fileno())
                written = replace(written, lines=written.lines + len(lines), size=file.tell())
                _save(state, written)
                said(f"{month.month}: {written.lines:,} of {month.lines:,} lines")
        if written.lines != month.lines:
            state.unlink(missing_ok=True)
            raise Changed(f"{month.month} changed while it was being fetched.", where=self.place)
        part.replace(target)
        state.unlink(missing_ok=True)

    @cached_property
    def shape(self) -> Shape:
        """What the table's columns are called; BadInput where it is no billing export."""
        table = self._asked(lambda: self._client.get_table(self.name, retry=None))
        names = {field.name for field in table.schema}
        by = table.time_partitioning.field or "_PARTITIONTIME" if table.time_partitioning else ""
        if "invoice" in names and "export_time" in names:
            partition = by if by in ("_PARTITIONTIME", "export_time") else ""
            return Shape("invoice.month", "export_time", partition)
        if {"BillingPeriodStart", "x_ExportTime"} <= names:
            partition = by if by in ("_PARTITIONTIME", "x_ExportTime") else ""
            month = "FORMAT_TIMESTAMP('%Y%m', BillingPeriodStart, 'America/Los_Angeles')"
            return Shape(month, "x_ExportTime", partition)
        raise BadInput(
            "This table is no usage cost export.",
            where=self.place,
            hint="Its name begins with gcp_billing_export_resource_v1_, gcp_billing_export_v1_ or "
            "gcp_billing_export_focus_.",
        )

    def _resumed(self, month: Month, part: Path, state: Path) -> _Written:
        """What an earlier try wrote of the same lines, if its query is still known; else a new query."""
        mark = hashlib.sha256(f"{self.name} {month}".encode()).hexdigest()
        if part.exists() and state.exists():
            before = _Written(**json.loads(state.read_text(encoding="utf-8")))
            if before.mark == mark and part.stat().st_size >= before.size and self._exists(before.job):
                return before
        query = _query(
            "bigquery_month", table=self.name, month=self.shape.month, partitions=self._partitions(month)
        )
        job = f"apportion-{month.month}-{os.urandom(8).hex()}"
        self._start(query, [self._google.ScalarQueryParameter("month", "STRING", month.month)], job)
        written = _Written(mark, job)
        _save(state, written)
        return written

    def _partitions(self, month: Month) -> str:
        """Where its lines were exported: a day more on both sides, so that none is missed."""
        if not (self.shape.partition and month.oldest and month.newest):
            return "TRUE"
        day = timedelta(days=1)
        start = datetime.fromisoformat(month.oldest) - day
        end = datetime.fromisoformat(month.newest) + 2 * day
        column = self.shape.partition
        return f"{column} >= TIMESTAMP('{start:%Y-%m-%d}') AND {column} < TIMESTAMP('{end:%Y-%m-%d}')"

    def _pages(self, job: str, start: int) -> Iterator[list[str]]:
        answer = self._asked(
            lambda: self._client.get_job(job, retry=None).result(
                retry=None, job_retry=None, page_size=self._page, start_index=start
            )
        )
        pages = iter(answer.pages)
        while page := self._asked(lambda: next(pages, None)):
            yield [row.line for row in page]

    def _exists(self, job: str) -> bool:
        try:
            self._asked(lambda: self._client.get_job(job, retry=None))
        except NotFound:
            return False
        return True

    def _start(self, query: str, parameters: Sequence[Any], job: str) -> Any:
        config = self._google.QueryJobConfig(
            query_parameters=parameters, maximum_bytes_billed=self.most, use_query_cache=True
        )

        def start() -> Any:
            known = needed("google.api_core.exceptions", "gcp")
            try:
                return self._client.query(query, config, job_id=job, retry=None, job_retry=None)
            except known.Conflict:  # an earlier try arrived although its answer did not
                return self._client.get_job(job, retry=None)

        return self._asked(start)

    @cached_property
    def _google(self) -> Any:
        return needed("google.cloud.bigquery", "gcp")

    @cached_property
    def _client(self) -> Any:
        options = {"api_endpoint": self.access["endpoint"]} if "endpoint" in self.access else {}
        anonymous = self.access.get("anonymous", "false").lower() in ("true", "yes")
        signed = needed("google.auth.credentials", "gcp").AnonymousCredentials() if anonymous else None
        with _explained(self.place):
            return self._google.Client(
                project=self.access.get("project", self._project),
                credentials=signed,
                client_options=options,
                location=self.access.get("region"),
            )

    def _asked(self, ask: Callable[[], T]) -> T:
        def once() -> T:
            with _explained(self.place):
                return ask()

        return self.patience.call(once)


@contextmanager
def _explained(place: str) -> Iterator[None]:
    """Turns what Google's libraries raise into our errors."""
    known = needed("google.api_core.exceptions", "gcp")
    unsigned = needed("google.auth.exceptions", "gcp")
    network = needed("requests.exceptions", "gcp").RequestException
    try:
        yield
    except known.GoogleAPICallError as why:
        raise _answered(why, place) from None
    except unsigned.TransportError as why:
        raise Transient("Google does not answer.", where=place, hint="Check the network.") from why
    except unsigned.GoogleAuthError:
        raise Terminal("BigQuery got no credentials that it accepts.", where=place, hint=SIGN_IN) from None
    except (network, known.RetryError, ConnectionError, TimeoutError) as why:
        raise Transient(
            f"BigQuery does not answer ({type(why).__name__}).",
            where=place,
            hint="It may pass: run it again.",
        ) from None


def _answered(why: Any, place: str) -> ApportionError:
    reasons = {str(error.get("reason", "")) for error in why.errors or () if isinstance(error, Mapping)}
    code = int(why.code or 0)
    if reasons & _PASSING or code == 429 or (code >= 500 and code != 501):
        return Transient(f"BigQuery answered {code}.", where=place, hint="It may pass: run it again later.")
    if code == 401:
        return Terminal("BigQuery got no credentials that it accepts.", where=place, hint=SIGN_IN)
    if code == 403:
        return Terminal(
            f"BigQuery does not let us read this ({_said(why)}).", where=place, hint=f"Grant {ROLES}."
        )
    if code == 404:
        return NotFound(
            f"BigQuery does not have this ({_said(why)}).",
            where=place,
            hint="Check project, data set and table; set access.region where the data set is in a region.",
        )
    if "bytesBilledLimitExceeded" in reasons or "bytes billed" in str(why):
        return Terminal(
            f"The query would read more than it may ({_said(why)}).",
            where=place,
            hint="Raise maximum_bytes_billed for this source, if the price is right.",
        )
    return Terminal(f"BigQuery answered {code} ({_said(why)}).", where=place, hint="Check the location.")


def _said(why: Any) -> str:
    """The first line of what BigQuery says, without the address that was asked."""
    text = str(getattr(why, "message", why)).splitlines()[0]
    return re.sub(r"^(GET|POST) \S+: ", "", text)[:200].rstrip(".")


def _query(name: str, **parts: str) -> str:
    text = files("apportion.connectors.gcp").joinpath(f"{name}.sql").read_text(encoding="utf-8")
    return Template(text).substitute(parts)


def _save(path: Path, written: _Written) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(json.dumps(asdict(written)), encoding="utf-8")
    fresh.replace(path)
