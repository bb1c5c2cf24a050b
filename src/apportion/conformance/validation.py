"""Holds files to a FOCUS version: several files are one dataset."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import duckdb

from apportion import focus
from apportion.conformance.groups import judge_groups
from apportion.conformance.headers import judge_header
from apportion.conformance.judge import Stretch, judge_rows
from apportion.conformance.models import Finding, Report, Rule, Sample
from apportion.conformance.rules import rules_of
from apportion.conformance.samples import samples_of
from apportion.conformance.tables import FileTable, open_rows
from apportion.connectors.paths import find_files
from apportion.engine import connect, statement
from apportion.focus.columns import subcategories

PACKAGE = "apportion.conformance"
MEMORY = "1GB"
Said = Callable[[str], None]


def validate(
    paths: Sequence[str | Path],
    version: str = "",
    *,
    samples: int = 3,
    said: Said = lambda _: None,
) -> Report:
    """Hold files, folders or patterns to a FOCUS version; without one, to that which the first file fits.

    Nothing is written. Raises BadInput where a file cannot be read at all, NotFound for a version that FOCUS
    does not have.
    """
    con = connect(memory_limit=MEMORY)
    try:
        opened = [open_rows(file, con) for file in find_files(paths)]
        chosen = version or focus.detect_version([name for name, _ in opened[0].columns])
        rules = rules_of(chosen)
        define_macros(con)
        return _report([FileTable(rows, chosen) for rows in opened], chosen, rules, con, samples, said)
    finally:
        con.close()


def define_macros(con: duckdb.DuckDBPyConnection) -> None:
    """Give `con` the words in which the rules speak."""
    pairs = (f"{category}/{sub}" for sub, category in subcategories().items())
    con.execute(statement(PACKAGE, "macros", subcategories=f"{'|'.join(pairs)}|".replace("'", "''")))


def _report(
    tables: Sequence[FileTable],
    version: str,
    rules: Sequence[Rule],
    con: duckdb.DuckDBPyConnection,
    samples: int,
    said: Said,
) -> Report:
    on_rows = [r for r in rules if r.check not in ("header", "records", "dataset")]
    stretches: list[list[Stretch]] = []
    places: dict[str, list[Sample]] = {}
    for table in tables:
        said(table.name)
        read = judge_rows(table, on_rows, con)
        stretches.append(read)
        for rule, found in samples_of(table, read, on_rows, con, samples).items():
            places.setdefault(rule, []).extend(found)
    said("sums")
    sums = judge_groups([r for r in rules if r.check == "dataset"], tables, con, samples)
    findings = tuple(_finding(rule, tables, stretches, places, sums, samples) for rule in rules)
    rows = sum(s.rows for read in stretches for s in read)
    return Report(version, tuple(t.name for t in tables), rows, findings)


def _finding(
    rule: Rule,
    tables: Sequence[FileTable],
    stretches: Sequence[Sequence[Stretch]],
    places: Mapping[str, Sequence[Sample]],
    sums: Mapping[str, Finding],
    samples: int,
) -> Finding:
    if rule.check == "header":
        return judge_header(rule, tables, samples)
    if rule.check == "dataset":
        return sums[rule.id]
    if rule.check == "records":
        return _records(rule, tables, stretches)
    tallies = [s.tallies[rule.id] for read in stretches for s in read if rule.id in s.tallies]
    return Finding(
        rule,
        sum(t.rows for t in tallies),
        sum(t.violations for t in tallies),
        tuple(places.get(rule.id, ())[:samples]),
        judged=bool(tallies),
    )


def _records(rule: Rule, tables: Sequence[FileTable], stretches: Sequence[Sequence[Stretch]]) -> Finding:
    unread = [sum(s.unread for s in read) for read in stretches]
    rows = sum(s.rows for read in stretches for s in read) + sum(unread)
    found = tuple(Sample(t.name, 0, {"records": str(n)}) for t, n in zip(tables, unread, strict=True) if n)
    return Finding(rule, rows, sum(unread), found)
