"""What is metered already on the days of a report: the same calls, told a second time, would count twice."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import duckdb

from apportion.core.errors import Refused
from apportion.engine.statements import statement
from apportion.metering.reports.reading import WIDTHS, Told

Place = Callable[[str, str], tuple[str, str]]
"""Whose model is meant by the names of a provider and a model, as the rate card knows them."""

_PACKAGE = "apportion.metering.reports"
_BY_NAME = {name: width for width, name in WIDTHS.items()}


@dataclass(frozen=True)
class Beside:
    """Looks through the view `operations` of `con`; `place` tells whose a model is."""

    con: duckdb.DuckDBPyConnection
    place: Place

    def refuse_metered(self, provider: str, days: Sequence[date]) -> None:
        """Refused where calls of `provider` came from elsewhere on one of the `days` (UTC)."""
        asked = {"days": list(days), "reports": ["openai", "anthropic"]}
        rows = self.con.execute(statement(_PACKAGE, "metered"), asked).fetchall()
        found: Counter[str] = Counter()
        for named, model, source, calls in rows:
            if self.place(named, model)[0] == provider:
                found[source] += calls
        if found:
            ways = ", ".join(f"{calls:,} by {source}" for source, calls in sorted(found.items()))
            raise Refused(
                f"{sum(found.values()):,} calls of {provider} from {min(days)} to {max(days)} are metered "
                f"already ({ways}): its report would count them twice.",
                hint="To compare them with what was charged, load the costs as a bill "
                f"(docs/guides/{provider}.md). To keep both all the same, add --beside.",
            )

    def refuse_regrouped(self, told: Told) -> None:
        """Refused where the same spans were reported before, in other groups or in buckets of other width."""
        if not told.spans:
            return
        kinds = {operation["id"].split(":")[1] for operation in told.operations}
        day = timedelta(days=1)
        first, last = min(start for start, _ in told.spans) - day, max(start for start, _ in told.spans) + day
        rows = self.con.execute(
            statement(_PACKAGE, "reported"), {"source": told.provider, "first": first, "last": last}
        ).fetchall()
        others = [name for name, when in rows if _other(name, when, kinds, told.spans)]
        if others:
            raise Refused(
                f"{len(others):,} groups of these hours were reported before in another way, such as "
                f"by day instead of by hour: they would count twice.",
                hint="Ask for the report as before: the same width of buckets and the same groups. "
                "To keep both all the same, add --beside.",
            )


def _other(
    name: str, when: datetime, kinds: set[str], spans: Mapping[tuple[datetime, timedelta], set[str]]
) -> bool:
    """Whether an operation of a report before is none of this one's, though of a time that it tells of."""
    parts = name.split(":")
    if len(parts) != 5 or parts[1] not in kinds or parts[2] not in _BY_NAME:
        return False
    start, width = when.astimezone(UTC), _BY_NAME[parts[2]]
    if (same := spans.get((start, width))) is not None:
        return name not in same
    return any(begin < start + width and start < begin + wide for begin, wide in spans)
