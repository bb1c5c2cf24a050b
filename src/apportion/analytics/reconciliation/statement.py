"""Reads the statement of a run and checks it step by step, each step from its own table."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

import duckdb

from apportion.analytics.models import Facts, Row
from apportion.analytics.reconciliation.models import (
    Reconciliation,
    ReconciliationRow,
    ReconciliationRule,
    ReconciliationStage,
    Stage,
    Stated,
    Wanted,
)
from apportion.analytics.reconciliation.sums import ZERO, by_rule, totals, whole_of
from apportion.analytics.sentences import count
from apportion.analytics.statements import fetch, read_sql

ALL = Wanted()
_Line = ReconciliationRow | ReconciliationStage | ReconciliationRule


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
        run_id=facts.run_id,
        headline=_headline(rows, stages, rules),
        totals=totals(rows, stages),
        by_rule=sorted(
            by_rule(rules), key=lambda r: (*whole_of(r), place.get((r.perspective, r.rule), len(place)))
        ),
        rows=rows,
        stages=stages,
        rules=rules,
    )


def _read(con: duckdb.DuckDBPyConnection, name: str, wanted: Wanted) -> list[Row]:
    return fetch(con, read_sql(__package__, name), wanted.params)


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
