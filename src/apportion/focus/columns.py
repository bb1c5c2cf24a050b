"""Reads `columns.csv`: every cost and usage column with its type, rules, and the versions it lived in."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Literal

from apportion.core.errors import NotFound

VERSIONS = ("1.0", "1.1", "1.2", "1.3", "1.4")
METRICS = ("BilledCost", "EffectiveCost", "ContractedCost", "ListCost")

Stored = Literal["money", "number", "time", "map", "json", "text"]


@dataclass(frozen=True)
class Column:
    """One column as the specification describes it.

    `stored` is how the ledger keeps it; `level` is Mandatory, Conditional or Recommended; `allowed` is empty
    where any value may stand; `introduced`, `deprecated` and `removed` are versions ('' for never).
    `changes` lists later versions with the rule that became different: ("1.4", "nullable", "no").
    """

    name: str
    stored: Stored
    type: str
    format: str
    level: str
    nullable: bool
    allowed: tuple[str, ...]
    introduced: str
    deprecated: str
    removed: str
    changes: tuple[tuple[str, str, str], ...]
    description: str

    def at(self, version: str) -> "Column":
        """The column with the rules of `version`."""
        rules = self
        for since, rule, value in self.changes:
            if _order(since) <= _order(version):
                rules = (
                    replace(rules, nullable=value == "yes")
                    if rule == "nullable"
                    else replace(rules, level=value)
                )
        return rules

    def exists_in(self, version: str) -> bool:
        gone = bool(self.removed) and _order(self.removed) <= _order(version)
        return _order(self.introduced) <= _order(version) and not gone


@cache
def superset() -> Mapping[str, Column]:
    """Every column of every version by name, in alphabetical order, with the rules it was introduced with."""
    return {row["name"]: _column(row) for row in _rows("columns.csv")}


def column(name: str) -> Column:
    """The column called `name`, written exactly so; NotFound where FOCUS has none."""
    try:
        return superset()[name]
    except KeyError:
        raise NotFound(
            f"FOCUS has no column '{name}'.", hint="See docs/reference/focus-columns.md."
        ) from None


def columns_of(version: str) -> tuple[Column, ...]:
    """The columns of one version with the rules of that version."""
    if version not in VERSIONS:
        raise NotFound(f"'{version}' is no known FOCUS version.", hint=f"Known are {', '.join(VERSIONS)}.")
    return tuple(c.at(version) for c in superset().values() if c.exists_in(version))


@cache
def subcategories() -> Mapping[str, str]:
    """ServiceCategory by ServiceSubcategory."""
    return {row["subcategory"]: row["category"] for row in _rows("service_subcategories.csv")}


def _column(row: Mapping[str, str]) -> Column:
    allowed = tuple(filter(None, row["allowed"].split("|")))
    changes = [change.split(" ") for change in filter(None, row["changes"].split("; "))]
    return Column(
        name=row["name"],
        stored=row["stored"],  # type: ignore[arg-type]  # a test checks the words in the file
        type=row["type"],
        format=row["format"],
        level=row["level"],
        nullable=row["nullable"] == "yes",
        allowed=tuple(subcategories()) if row["name"] == "ServiceSubcategory" else allowed,
        introduced=row["introduced"],
        deprecated=row["deprecated"],
        removed=row["removed"],
        changes=tuple((since, *rule.split("=")) for since, rule in changes),  # type: ignore[misc]
        description=row["description"],
    )


def _rows(name: str) -> list[dict[str, str]]:
    text = files("apportion.focus").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
