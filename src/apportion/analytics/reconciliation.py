"""The statement of a run, through every step: what came in, which rules took it, where it arrived."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import duckdb
from pydantic import Field

from apportion.analytics.models import Amount, Facts, Part, Row
from apportion.analytics.sentences import count
from apportion.analytics.statements import fetch, read_sql

ZERO = Decimal(0).scaleb(-12)
Stage = Literal["charged", "spread", "claimed", "arrived"]


class Stated(Part):
    """What a line of the statement is about."""

    perspective: str
    source: str
    billing_period: str
    currency: str
    metric: str


class ReconciliationRow(Stated):
    """One source, period, currency and metric; charged = allocated + idle + unallocated."""

    charged: Amount
    allocated: Amount
    idle: Amount
    unallocated: Amount
    difference: Amount = Field(description="0, or the run would not stand.")
    rejected: Amount = Field(description="Cost in rows that could not be read; not part of charged.")
    rejected_rows: int


class ReconciliationStage(Stated):
    """One step on the way of a row's cost, counted from that step's own table."""

    stage: Stage = Field(
        description="charged: the charges; spread: over their days; claimed: by rules, where cost began; "
        "arrived: at targets, idle or unallocated."
    )
    amount: Amount
    difference: Amount = Field(description="Against the stage before: 0, nothing is lost on the way.")


class ReconciliationRule(Stated):
    """What a rule took where the cost began, and where that arrived; "" is what no rule took."""

    rule: str
    method: str
    claimed: Amount
    allocated: Amount
    idle: Amount
    unallocated: Amount
    difference: Amount = Field(description="claimed less where it arrived: 0.")


class Reconciliation(Part):
    """The statement of the run whose results stand; the rules of a row add up to what was charged."""

    run_id: str
    headline: str
    rows: list[ReconciliationRow]
    stages: list[ReconciliationStage]
    rules: list[ReconciliationRule]


_Line = ReconciliationRow | ReconciliationStage | ReconciliationRule


@dataclass(frozen=True)
class Wanted:
    """Which rows of the statement; None is all."""

    perspective: str | None = None
    source: str | None = None
    billing_period: str | None = None
    currency: str | None = None
    metric: str | None = None

    @property
    def params(self) -> Mapping[str, object]:
        return vars(self)


ALL = Wanted()


def reconciliation(con: duckdb.DuckDBPyConnection, facts: Facts, wanted: Wanted = ALL) -> Reconciliation:
    """The statement by perspective, source, period, currency and metric; rules in the order they apply."""
    rows = [ReconciliationRow.model_validate(row) for row in _read(con, "statement", wanted)]
    place = {(rule.perspective, rule.name): at for at, rule in enumerate(facts.rules)}
    rules = sorted(
        (ReconciliationRule.model_validate(row) for row in _read(con, "claimed", wanted)),
        key=lambda r: (*_about(r), place.get((r.perspective, r.rule), len(place)), r.rule),
    )
    spread = {_bill(row): Decimal(row["amount"]) for row in _read(con, "spread", wanted)}
    claimed: dict[tuple[str, ...], Decimal] = {}
    for rule in rules:
        claimed[_about(rule)] = claimed.get(_about(rule), ZERO) + rule.claimed
    stages = [
        stage
        for row in rows
        for stage in _stages(row, spread.get(_about(row)[1:], ZERO), claimed.get(_about(row), ZERO))
    ]
    return Reconciliation(
        run_id=facts.run_id, headline=_headline(rows, stages, rules), rows=rows, stages=stages, rules=rules
    )


def _read(con: duckdb.DuckDBPyConnection, name: str, wanted: Wanted) -> list[Row]:
    return fetch(con, read_sql(__package__, f"reconciliation_{name}"), wanted.params)


def _about(line: Stated) -> tuple[str, ...]:
    return line.perspective, line.source, line.billing_period, line.currency, line.metric


def _bill(row: Row) -> tuple[str, ...]:
    return row["source"], row["billing_period"], row["currency"], row["metric"]


def _stages(row: ReconciliationRow, spread: Decimal, claimed: Decimal) -> Iterator[ReconciliationStage]:
    about = dict(zip(Stated.model_fields, _about(row), strict=True))
    sums: dict[Stage, Decimal] = {
        "charged": row.charged,
        "spread": spread,
        "claimed": claimed,
        "arrived": row.allocated + row.idle + row.unallocated,
    }
    before = row.charged
    for stage, amount in sums.items():
        yield ReconciliationStage(**about, stage=stage, amount=amount, difference=amount - before)
        before = amount


def _headline(
    rows: Sequence[ReconciliationRow],
    stages: Sequence[ReconciliationStage],
    rules: Sequence[ReconciliationRule],
) -> str:
    if not rows:
        return "There is nothing to reconcile."
    lines: list[_Line] = [*rows, *stages, *rules]
    off = len({_about(line) for line in lines if line.difference})
    if off:
        return f"{count(off, 'statement')} of {len(rows)} {'does' if off == 1 else 'do'} not add up."
    beside = sum(row.rejected_rows > 0 for row in rows)
    rejected = f"; {beside} of them had rejected rows beside them" if beside else ""
    return (
        f"Every cent is accounted for: {count(len(rows), 'statement')} with a difference of 0 "
        f"at every step{rejected}."
    )
