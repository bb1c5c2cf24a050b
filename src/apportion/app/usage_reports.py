"""Usage reports of AI providers: from files, or asked for."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from apportion.app.base import Said, silent
from apportion.app.operating import Operating
from apportion.core.errors import BadInput

if TYPE_CHECKING:
    from apportion.core.patience import Patience
    from apportion.metering.service import Receipt

_HOUR = timedelta(hours=1)


class UsageReports(Operating):
    """What a provider says was used, as operations."""

    def import_operations(self, path: Path, *, beside: bool = False) -> "Receipt":
        """Keep the operations of a file, or those that a saved usage report tells of.

        A report is Refused where its calls are metered in another way, unless `beside`.
        """
        from apportion.metering import reports  # noqa: PLC0415

        report = reports.report_in(path)
        if report is None:
            return super().import_operations(path)
        saved = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        found = reports.told(report.buckets, min(saved, datetime.now(UTC)), str(path))
        meter = self.meter
        with self.operations_reader() as con:
            check = None if beside else reports.Beside(con, meter.card.providers.place)
            receipt = reports.keep_report(meter, found, check)
        self._came += receipt.accepted
        self.tidy_operations()
        return receipt

    def fetch_operations(
        self,
        provider: str,
        since: date,
        until: date | None = None,
        *,
        beside: bool = False,
        endpoint: str = "",
        patience: "Patience | None" = None,
        said: Said = silent,
    ) -> "Receipt":
        """Ask a provider for the complete hours since a day, up to but not including another, and keep them.

        What was kept before an interruption counts once when it is asked for again.
        """
        from apportion.metering import reports  # noqa: PLC0415

        api = reports.usage_api(provider, endpoint, patience)
        now = datetime.now(UTC)
        complete = now.replace(minute=0, second=0, microsecond=0) - _HOUR
        start, end = _midnight(since), min(_midnight(until) if until else complete, complete)
        if start >= end:
            raise BadInput(
                f"No hour since {since} is over and reported.", where="--since", hint="Give an earlier day."
            )
        meter, total = self.meter, reports.ReportReceipt(0, 0)
        with self.operations_reader() as con:
            check = None if beside else reports.Beside(con, meter.card.providers.place)
            if check:
                last = (end - _HOUR).date()
                check.refuse_metered(provider, [since + timedelta(n) for n in range((last - since).days + 1)])
            for buckets in reports.usage_pages(api, provider, reports.Question(start, end)):
                if buckets:
                    said(f"{api.name}: {buckets[0].start:%Y-%m-%d %H:%M}")
                total += reports.keep_report(meter, reports.told(buckets, now, api.name), check)
        self._came += total.accepted
        self.tidy_operations()
        return total


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
