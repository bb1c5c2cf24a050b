"""What was staged, counted by billing period: rows, cost, repairs, and what is broken."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from apportion.connectors import BROKEN
from apportion.connectors.contract import Flag
from apportion.engine.statements import statement
from apportion.ingestion.records import Total
from apportion.ingestion.staged import Staged


@dataclass(frozen=True)
class Group:
    """Rows of one staged file with the same month, currency and repairs; `size_…` sum absolute costs."""

    staged: Staged
    period: str
    currency: str
    mask: int
    rows: int
    first_line: int
    billed: Decimal
    effective: Decimal
    size_billed: Decimal
    size_effective: Decimal

    @property
    def broken(self) -> bool:
        return bool(self.mask & BROKEN)


@dataclass(frozen=True)
class Contents:
    """Everything staged for one billing period; rows without a readable month count as the main period's."""

    period: str
    groups: tuple[Group, ...]
    damaged: int

    @property
    def kept(self) -> list[Group]:
        return [g for g in self.groups if not g.broken]

    @property
    def broken(self) -> list[Group]:
        return [g for g in self.groups if g.broken]

    @property
    def rows(self) -> int:
        return sum(g.rows for g in self.kept)

    @property
    def rejected_rows(self) -> int:
        return sum(g.rows for g in self.broken) + self.damaged

    def totals(self) -> tuple[Total, ...]:
        return _totals(self.kept)

    def rejected(self) -> tuple[Total, ...]:
        """What could be read of the cost of broken rows; without a currency, they have the most frequent."""
        return _totals(self.broken, self._main_currency())

    def broken_cost_shares(self) -> Iterator[tuple[str, str, Decimal]]:
        """Metric, currency, and the share of absolute cost that stands in broken rows."""
        main = self._main_currency()
        for metric in ("billed", "effective"):
            sizes: Counter[tuple[str, bool]] = Counter()
            for g in self.groups:
                sizes[_currency(g, main), g.broken] += getattr(g, f"size_{metric}")
            for currency in {c for c, _ in sizes}:
                bad, good = sizes[currency, True], sizes[currency, False]
                if bad:
                    yield f"{metric.capitalize()}Cost", currency, Decimal(bad) / Decimal(bad + good)

    def flagged(self) -> dict[tuple[str, str], tuple[int, Staged, int]]:
        """Rows by repair and column, with the file and line of the first of them."""
        found: dict[tuple[str, str], tuple[int, Staged, int]] = {}
        for g in self.kept:
            for flag in flags_of(g):
                key = (flag.repair, flag.column)
                rows, staged, line = found.get(key, (0, g.staged, g.first_line))
                found[key] = (rows + g.rows, staged, line)
        return found

    def _main_currency(self) -> str:
        rows: Counter[str] = Counter()
        for g in self.kept:
            rows[g.currency] += g.rows
        return rows.most_common(1)[0][0] if rows else ""


def flags_of(group: Group) -> list[Flag]:
    """The repairs made in each row of `group`."""
    return [flag for flag in group.staged.reading.flags if group.mask >> flag.bit & 1]


def contents(con: duckdb.DuckDBPyConnection, staged: Sequence[Staged]) -> list[Contents]:
    """Count what was staged, by period; an empty list where no row could be read."""
    groups = [g for part in staged for g in _groups(con, part)]
    rows: Counter[str] = Counter()
    for g in groups:
        if not g.broken:
            rows[g.period] += g.rows
    main = rows.most_common(1)[0][0] if rows else ""
    damaged = sum(len(part.damaged) for part in staged)
    periods = sorted(rows) or [""]
    return [
        Contents(
            period,
            tuple(g for g in groups if g.period == period or (period == main and g.period not in rows)),
            damaged if period == main else 0,
        )
        for period in periods
    ]


def _groups(con: duckdb.DuckDBPyConnection, staged: Staged) -> list[Group]:
    found = con.execute(statement("apportion.ingestion", "groups"), [str(staged.path)]).fetchall()
    return [Group(staged, row[0] or "", row[1] or "", *row[2:]) for row in found]


def _totals(groups: Iterable[Group], main: str = "") -> tuple[Total, ...]:
    sums: dict[str, Total] = {}
    for g in groups:
        currency = _currency(g, main)
        before = sums.get(currency, Total(currency, 0, Decimal(0), Decimal(0)))
        sums[currency] = Total(
            currency, before.rows + g.rows, before.BilledCost + g.billed, before.EffectiveCost + g.effective
        )
    return tuple(sums[c] for c in sorted(sums))


def _currency(group: Group, main: str) -> str:
    plausible = len(group.currency) == 3 and group.currency.isascii() and group.currency.isalpha()
    return group.currency if plausible or not main else main
