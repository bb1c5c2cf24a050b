"""Rules on the names of a file's columns: which are there, how they are spelled, and in what order."""

import re
from collections.abc import Sequence

from apportion import focus
from apportion.conformance.models import Finding, Rule, Sample
from apportion.conformance.tables import FileTable

_CUSTOM = re.compile(r"x_[A-Z][A-Za-z0-9]{0,47}")


def judge_header(rule: Rule, tables: Sequence[FileTable], samples: int) -> Finding:
    """How the headers of all files fare; `rows` are files."""
    broken = [(table, names) for table in tables if (names := _broken(rule, table)) is not None]
    found = tuple(
        Sample(table.name, 1, dict.fromkeys(names) or {rule.column: None})
        for table, names in broken[:samples]
    )
    return Finding(rule, len(tables), len(broken), found)


def _broken(rule: Rule, table: FileTable) -> list[str] | None:
    """The names at fault, or None where the rule is met."""
    if rule.id.endswith(".present"):
        return None if rule.column in table.positions else []
    return _FAULTS[rule.id](table) or None


def _unnamed(table: FileTable) -> list[str]:
    known = {c.name for c in focus.columns_of(table.version)}
    return [n for n in _written(table) if focus.canonical_name(n) not in known and not n.startswith("x_")]


def _misspelled(table: FileTable) -> list[str]:
    known = {c.name for c in focus.columns_of(table.version)}
    return [n for n in _written(table) if focus.canonical_name(n) in known and n not in known]


def _odd_custom(table: FileTable) -> list[str]:
    return [n for n in _written(table) if n.startswith("x_") and not _CUSTOM.fullmatch(n)]


def _unordered(table: FileTable) -> list[str]:
    """The columns that stand before one that should come first."""
    names = _written(table)
    ordered = sorted(names, key=lambda n: (n not in focus.superset(), n))
    return [n for n, right in zip(names, ordered, strict=True) if n != right][:5]


def _written(table: FileTable) -> list[str]:
    return [name for name, _ in table.rows.columns]


_FAULTS = {
    "columns.named": _unnamed,
    "columns.spelling": _misspelled,
    "columns.custom": _odd_custom,
    "columns.order": _unordered,
}
