"""Makes the bridge of each bill asked for: chooses the loads, reads them, adds up their lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import duckdb

from apportion.core.errors import BadInput, NotFound
from apportion.core.periods import month_of
from apportion.economics.bridge import words
from apportion.economics.bridge.models import Bridge, BridgeReport, Line, Step
from apportion.economics.bridge.reading import Bill, Facts, Files, Traits, left_out, read
from apportion.economics.bridge.sentences import notes, of_all, of_bill
from apportion.economics.bridge.steps import ZERO, parts, steps
from apportion.economics.bridge.words import HIDEABLE, Words
from apportion.ingestion import LoadRecord


@dataclass(frozen=True)
class BridgeRequest:
    """Which bills, which account of them, and which parts to hide; without a period, each source's newest."""

    source: str | None = None
    period: str | None = None
    account: str | None = None
    without: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        """Raises BadInput where the period is no month, or a part cannot be hidden."""
        if self.period is not None:
            month_of(self.period)
        if unknown := sorted(self.without - set(HIDEABLE)):
            raise BadInput(
                f"'{unknown[0]}' cannot be hidden.",
                where="without",
                hint=f"Choose from {', '.join(HIDEABLE)}.",
            )

    def choose(self, standing: Mapping[Bill, LoadRecord]) -> list[LoadRecord]:
        """The loads it means; NotFound, naming what there is, where there are none."""
        loads = sorted(standing.values(), key=lambda load: (load.source, load.billing_period))
        if not loads:
            raise NotFound(
                "No bill is loaded yet.", hint="Run 'apportion ingest focus PATH --source NAME' first."
            )
        of_source = [load for load in loads if self.source in (None, load.source)]
        if not of_source:
            known = ", ".join(dict.fromkeys(load.source for load in loads))
            raise NotFound(f"No bill of '{self.source}' is loaded.", hint=f"There are bills of {known}.")
        newest = {load.source: load.billing_period for load in of_source}
        wanted = [load for load in of_source if load.billing_period == (self.period or newest[load.source])]
        if not wanted:
            months = ", ".join(sorted({load.billing_period for load in of_source}))
            raise NotFound(f"No bill of {self.period} is loaded.", hint=f"There are bills of {months}.")
        return wanted


def bridge(
    con: duckdb.DuckDBPyConnection, loads: Sequence[LoadRecord], files: Files, request: BridgeRequest
) -> BridgeReport:
    """The bridges of `loads`, whose standing charges lie in `files`, from one pass over the columns needed.

    Raises NotFound where the account asked for is in none of them.
    """
    facts = read(con, loads, files, request.account, request.without)
    if not facts.lines and request.account is not None:
        raise NotFound(
            f"No charge of these bills names the account '{request.account}'.",
            hint="Leave the account out to see all of them.",
        )
    of_load = {(load.source, load.billing_period): load for load in loads}
    made = [
        _Made(of_load[key[:2]], list(lines), facts, request.account)
        for key, lines in groupby(facts.lines, key=lambda x: (x.source, x.billing_period, x.currency))
    ]
    bridges = [one.bridge() for one in made]
    return BridgeReport(
        headline=of_all(bridges),
        without=[part for part in HIDEABLE if part in request.without],
        bridges=bridges,
        steps=[step for one in made for step in one.steps()],
        parts=[part for one in made for part in parts(one.lines)],
        invoices=facts.invoices,
        accounts=facts.accounts,
        lines=facts.lines,
    )


@dataclass(frozen=True)
class _Made:
    """One bill in one currency."""

    load: LoadRecord
    lines: list[Line]
    facts: Facts
    account: str | None

    def steps(self) -> list[Step]:
        """From console to EffectiveCost."""
        reasons = {"rejected": words.REJECTED} | {
            f"left_out {out.kind}": Words(
                words.LEFT_OUT.format(kind=out.kind), f"{out.reason[:1].upper()}{out.reason[1:].rstrip('.')}."
            )
            for out in left_out(self.load)
        }
        return steps(self.lines, self._start(), reasons)

    def bridge(self) -> Bridge:
        """The bill as a whole."""
        charges = [line for line in self.lines if line.part]
        shown = [line for line in self.lines if line.shown]
        billed = sum((line.BilledCost for line in shown), ZERO)
        invoiced = sum((line.BilledCost for line in self.lines), ZERO)
        made = Bridge(
            source=self.load.source,
            billing_period=self.load.billing_period,
            currency=self.lines[0].currency,
            account=self.account,
            connector=self.load.connector,
            state=self.load.state or "unknown",
            loaded_at=self.load.loaded_at,
            load_id=self.load.load_id,
            headline="",
            console=sum((line.console for line in shown), ZERO),
            BilledCost=billed,
            EffectiveCost=sum((line.EffectiveCost for line in shown), ZERO),
            hidden=invoiced - billed,
            invoiced=invoiced,
            notes=notes(self.load, self._traits(), self.lines, self.account),
        )
        hidden = [part.label for part in parts(charges) if not part.shown]
        return made.model_copy(update={"headline": of_bill(made, self.steps(), hidden)})

    def _start(self) -> Words:
        """What the provider calls the number that its console shows."""
        traits = self._traits()
        if not traits.sourced and not self.load.controls:
            return words.FOCUS
        return words.CONSOLES.get(traits.provider, words.GIVEN)

    def _traits(self) -> Traits:
        key = (self.load.source, self.load.billing_period, self.lines[0].currency)
        return self.facts.traits.get(key, Traits())
