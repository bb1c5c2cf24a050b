"""Turns what was staged into the files of one billing period."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from apportion.connectors import BROKEN
from apportion.engine import quote_text
from apportion.ingestion.contents import Contents
from apportion.ingestion.staged import Staged, parquet

_SMALL = 64 << 20
_MANY = 4


def finish(
    con: duckdb.DuckDBPyConnection, contents: Contents, staged: Sequence[Staged], load_id: str, folder: Path
) -> list[Path]:
    """Parquet files with exactly the charges of one period: the staged ones where they are that already."""
    parts = list({id(g.staged): g.staged for g in contents.kept}.values())
    if _complete(contents, parts, staged):
        return [part.path for part in parts]
    target = folder / f"{contents.period}.parquet"
    selects = [_select(con, part, i, contents.period, load_id) for i, part in enumerate(parts)]
    con.execute(f"COPY ({' UNION ALL '.join(selects)}) TO {quote_text(str(target))} ({parquet()})")
    return [target]


def _complete(contents: Contents, parts: Sequence[Staged], staged: Sequence[Staged]) -> bool:
    """Whether the staged files hold just this period's charges, under their right lines, in good sizes."""
    small = len(parts) > _MANY and sum(p.path.stat().st_size for p in parts) < _SMALL * len(parts)
    wrong_lines = any(p.shift or p.damaged for p in parts)
    everything = sum(p.rows for p in staged) == contents.rows
    return everything and not wrong_lines and not small


def _select(con: duckdb.DuckDBPyConnection, part: Staged, i: int, period: str, load_id: str) -> str:
    source = f"read_parquet({quote_text(str(part.path))})"
    line = f"s.x_SourceLine + {part.shift}"
    join = ""
    if part.damaged:
        # Records left out were not counted while reading: each row moves on by those ahead of it.
        con.execute(f"CREATE OR REPLACE TEMP TABLE damaged_{i} (line BIGINT, ahead BIGINT)")
        con.executemany(
            f"INSERT INTO damaged_{i} VALUES (?, ?)",
            [(d.line - n, n + 1) for n, d in enumerate(part.damaged)],
        )
        join = f" ASOF LEFT JOIN damaged_{i} AS d ON s.x_SourceLine >= d.line"
        line += " + coalesce(d.ahead, 0)"
    return (
        f"SELECT s.* REPLACE ({quote_text(load_id)} AS x_LoadId, CAST({line} AS BIGINT) AS x_SourceLine) "
        f"FROM {source} AS s{join} WHERE s.x_BillingPeriod = {quote_text(period)} AND s.x_Repairs <> {BROKEN}"
    )


def true_line(part: Staged, line: int) -> int:
    """The number in the file of a row that was counted as `line` while reading."""
    ahead = sum(d.line - n <= line for n, d in enumerate(part.damaged))
    return line + part.shift + ahead
