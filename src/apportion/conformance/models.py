"""What a validation says: the rules, how many rows each was judged on, and where it was broken."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Level = Literal["MUST", "SHOULD", "MAY"]
Check = Literal["row", "type", "given", "placeholder", "unit", "header", "records", "dataset"]


@dataclass(frozen=True)
class Rule:
    """One requirement of one FOCUS version.

    `check` says how it is judged: `row` by its SQL (`when` a row is spoken of, `then` it is met); `type`,
    `given`, `placeholder` and `unit` by the text of the first column's values; `header` by the names of a
    file's columns; `records` by how the file could be read; `dataset` by sums over all files (sql/NAME.sql).
    """

    id: str
    level: Level
    columns: tuple[str, ...]
    description: str
    check: Check = "row"
    when: str = ""
    then: str = ""

    @property
    def column(self) -> str:
        """The column it is about; '' where it is about the file."""
        return self.columns[0] if self.columns else ""


@dataclass(frozen=True)
class Sample:
    """One place where a rule is broken: `line` has the header as 1 in CSV, the first row as 1 in Parquet."""

    file: str
    line: int
    values: Mapping[str, str | None]


@dataclass(frozen=True)
class Finding:
    """How one rule fared: `rows` it speaks of, `violations` among them, the first of these.

    `judged` is False where no file has the columns it needs. Rules on headers count files, not rows; rules on
    sums count groups.
    """

    rule: Rule
    rows: int = 0
    violations: int = 0
    samples: tuple[Sample, ...] = ()
    judged: bool = True

    def to_dict(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "rule": self.rule.id,
            "column": self.rule.column,
            "level": self.rule.level,
            "description": self.rule.description,
            "judged": self.judged,
            "rows": self.rows,
            "violations": self.violations,
            "samples": [asdict(s) for s in self.samples],
        }


@dataclass(frozen=True)
class Report:
    """All findings on some files, in the order of the rules; `version` is the FOCUS version asked of them."""

    version: str
    files: tuple[str, ...]
    rows: int
    findings: tuple[Finding, ...] = field(repr=False)

    @property
    def failures(self) -> tuple[Finding, ...]:
        """The MUST rules that are broken."""
        return self._broken("MUST")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The SHOULD rules that are broken."""
        return self._broken("SHOULD")

    @property
    def passed(self) -> bool:
        """Whether no MUST is broken."""
        return not self.failures

    def _broken(self, level: Level) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.violations and f.rule.level == level)
