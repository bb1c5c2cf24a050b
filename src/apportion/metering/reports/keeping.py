"""Keeps what a usage report tells, unless it is known already."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from apportion.metering.batch import MOST, check
from apportion.metering.reports.reading import Told, in_batches
from apportion.metering.reports.twice import Beside
from apportion.metering.service import Meter, Receipt
from apportion.pricing.compiling import UNTOLD, WINDOW


@dataclass(frozen=True)
class ReportReceipt(Receipt):
    """What became of a report's operations; `notes` are what people should know."""

    notes: Sequence[str] = field(default_factory=list)

    def __add__(self, other: "ReportReceipt") -> "ReportReceipt":
        return ReportReceipt(
            self.accepted + other.accepted,
            self.repeated + other.repeated,
            [*self.rejected, *other.rejected],
            sorted({*self.unpriced, *other.unpriced}),
            list(dict.fromkeys([*self.notes, *other.notes])),
        )


def keep_report(meter: Meter, told: Told, beside: Beside | None) -> ReportReceipt:
    """Keep the operations of a report; given again they change nothing.

    With `beside` it is Refused where the same calls were metered in another way; without, both are kept.
    """
    if beside and told.days:
        beside.refuse_metered(told.provider, told.days)
        beside.refuse_regrouped(told)
    total = ReportReceipt(0, 0, notes=_notes(told))
    for some in in_batches(told.operations, MOST):
        now = meter.now()
        batch = check(list(some), now)
        kept = meter.keep(batch.operations, told.provider, now, batch.rejected)
        total += ReportReceipt(kept.accepted, kept.repeated, kept.rejected, kept.unpriced)
    return total


def _notes(told: Told) -> list[str]:
    found = []
    if told.growing:
        found.append(
            f"{told.growing:,} buckets are left out: they are not whole, or were not over for an hour. "
            "Take them later."
        )
    found += [f"{n:,} × {kind} left out: it counts no tokens." for kind, n in sorted(told.others.items())]
    windows = [o for o in told.operations if o.get("dimensions", {}).get(WINDOW) == UNTOLD]
    if windows:
        found.append(
            f"{len(windows):,} groups do not say their context window: where long calls cost more, they are "
            "priced as such, and their price is estimated. Group by context_window."
        )
    return found
