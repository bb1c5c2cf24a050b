"""Reads `rules.csv`: what FOCUS requires across columns, each rule as SQL that every row should satisfy."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from apportion.focus.columns import VERSIONS

Level = Literal["MUST", "SHOULD", "MAY"]


@dataclass(frozen=True)
class RowRule:
    """A requirement on each row.

    `columns` must all be in a file for the rule to be judged; other columns it names count as null where they
    are missing. `when` is SQL for the rows it speaks of ('' for all), `then` is true where it is met.
    """

    id: str
    since: str
    until: str
    level: Level
    columns: tuple[str, ...]
    when: str
    then: str
    description: str

    def applies_to(self, version: str) -> bool:
        """Whether this version of FOCUS has the rule."""
        at, last = VERSIONS.index(version), self.until or VERSIONS[-1]
        return VERSIONS.index(self.since) <= at <= VERSIONS.index(last)


@cache
def row_rules() -> tuple[RowRule, ...]:
    """All rules of `rules.csv`, of every version, in its order."""
    return tuple(_rule(row) for row in _rows("rules.csv"))


@cache
def currencies() -> tuple[str, ...]:
    """The currency codes of ISO 4217, with those that bills of the last years may still carry."""
    return tuple(row["code"] for row in _rows("currencies.csv"))


@cache
def unjudged() -> tuple[tuple[str, str], ...]:
    """Requirements that no file can show, each with the reason."""
    return tuple((row["requirement"], row["why"]) for row in _rows("unjudged.csv"))


def _rule(row: Mapping[str, str]) -> RowRule:
    since, until = row["versions"].split("-")
    return RowRule(
        id=row["id"],
        since=since,
        until=until,
        level=row["level"],  # type: ignore[arg-type]  # a test checks the words in the file
        columns=tuple(row["columns"].split()),
        when=row["when"],
        then=row["then"],
        description=row["description"],
    )


def _rows(name: str) -> list[dict[str, str]]:
    text = files("apportion.focus").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
