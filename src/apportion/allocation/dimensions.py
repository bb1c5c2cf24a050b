"""The answers to each dimension's question, as SQL over one charge."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from apportion.allocation.match import Test, tests
from apportion.allocation.models import Answer, Rules
from apportion.allocation.nodes import Kinds, flag
from apportion.allocation.patterns import NONE, matches
from apportion.core.errors import BadInput
from apportion.engine import quote_ident, quote_text

RESERVED = {
    "day", "source", "billing_period", "currency", "cost_class", "idle", "perspective", "target",
    "target_kind", "rule", "method", "node", "evidence", "line_items", "metric", "measure", "quantity",
    "x_name", "x_identity", "any", "after",
    "weight", "whole", "total", "scale", "cut", "basis", "label", "moves_to", "stays", "by_values", "billed",
    "effective", "spans", "first_day", "final_day", "n", "before", "number", "at_once", "target_id",
    "all", "not", "chain", "id", "tests",
}  # fmt: skip
DEFAULT_CLASSES = [
    Answer(when={"environment": ["production", "prod", "prd", "live", NONE]}, value="cost_of_revenue"),
    Answer(when={"environment": "*"}, value="research_and_development"),
]

NAME, IDENTITY = "x_Name", "x_Identity"
"""Columns beside a charge's own: what names its customer, and the customer that the identity map means."""


def fold(key: str) -> str:
    """A tag key as it is compared: without case, spaces, '-' and '_'."""
    return re.sub(r"[\s_-]", "", key).casefold()


@dataclass(frozen=True)
class Answers:
    """SQL for each dimension, in an order in which one may use those before it, for the cost class, and for
    the outcome of every test of a FOCUS column that a rule makes. `identity`, where not '', is what names the
    customer before the identity map says who it is; it needs no other answer.
    """

    dimensions: Mapping[str, str]
    cost_class: str
    tests: Mapping[str, str]
    identity: str = ""

    def select_list(self) -> str:
        """`expression AS name` of every dimension, the cost class and the tests."""
        columns = {**self.dimensions, "cost_class": self.cost_class, **self.tests}
        return ",\n    ".join(f"{sql} AS {quote_ident(name)}" for name, sql in columns.items())


class Compiler:
    """Turns the answers of apportion.yaml into SQL, knowing the columns and tag keys that exist.

    `identified` is the dimension whose answers go through the identity map.
    """

    def __init__(
        self,
        columns: Kinds,
        tag_keys: Iterable[str],
        directory: Path,
        identified: str = "",
    ) -> None:
        self._identified = identified
        self._inlined: dict[str, str] | None = None
        self._columns = columns
        self._taken = {c.casefold() for c in self._columns} | RESERVED
        self._spellings: dict[str, list[str]] = {}
        for key in sorted(tag_keys):
            self._spellings.setdefault(fold(key), []).append(key)
        self._directory = directory
        self._known: list[str] = []

    def compile(self, rules: Rules) -> Answers:
        """SQL for all that `rules` asks of a charge. Raises BadInput naming the setting at fault."""
        dimensions = {}
        for name, answers in rules.dimensions.items():
            if name in self._taken:
                raise BadInput(
                    f"a dimension cannot be called '{name}': the ledger or a run has a column of that name",
                    where=f"dimensions.{name}",
                    hint="Choose another name.",
                )
            where = f"dimensions.{name}"
            if name == self._identified:
                dimensions[name] = f"coalesce({IDENTITY}, {NAME})"
            else:
                dimensions[name] = self._first(answers, where, quote_text(NONE))
            self._known.append(name)
        classes = rules.cost_class or (DEFAULT_CLASSES if "environment" in self._known else [])
        cost_class = self._first(classes, "cost_class", "'cost_of_revenue'")
        return Answers(dimensions, cost_class, self._tests(rules), self._identity(rules))

    def _identity(self, rules: Rules) -> str:
        """The identified dimension's own answer, with the answers before it written out; '' without it."""
        if self._identified not in rules.dimensions:
            return ""
        self._inlined = {}
        for name, answers in rules.dimensions.items():
            sql = self._first(answers, f"dimensions.{name}", quote_text(NONE))
            if name == self._identified:
                break
            self._inlined[name] = sql
        self._inlined = None
        return sql

    def _tests(self, rules: Rules) -> dict[str, str]:
        """The tests of columns in every rule; names that are no columns are for the rules' own check."""
        found = {}
        for name, perspective in rules.perspectives.items():
            for rule in perspective.rules:
                for test in tests(rule.match):
                    if why := test.misread(self._columns.get(test.name, "VARCHAR")):
                        raise BadInput(
                            f"the range '{test}' means nothing: {why}",
                            where=f"perspectives.{name}, rule '{rule.name}'",
                            hint="Correct its `from` and `below`.",
                        )
                    if test.name in self._columns:
                        found[flag(test)] = self._tested(test)
        return found

    def _tested(self, test: Test) -> str:
        column = quote_ident(test.name)
        if test.patterns:
            column = f"coalesce(CAST({column} AS VARCHAR), {quote_text(NONE)})"
            return test.sql(column)
        return test.sql(column, self._columns[test.name])

    def _first(self, answers: Sequence[Answer], where: str, otherwise: str) -> str:
        parts = [self._answer(a, f"{where}[{i}]") for i, a in enumerate(answers)]
        return f"coalesce({', '.join([*parts, otherwise])})" if parts else otherwise

    def _answer(self, answer: Answer, where: str) -> str:
        sql = self._raw(answer, where)
        if answer.case != "keep":
            sql = f"{answer.case}({sql})"
        if answer.map:
            cases = " ".join(
                f"WHEN {quote_text(k.strip().lower())} THEN {quote_text(v)}" for k, v in answer.map.items()
            )
            sql = f"CASE lower({sql}) {cases} ELSE {sql} END"
        return sql

    def _raw(self, answer: Answer, where: str) -> str:
        if answer.tag is not None:
            return self._tag(answer.tag)
        if answer.account is not None:
            return _cases("SubAccountId", answer.account)
        if answer.resource is not None:
            parts = (
                f"WHEN {matches('ResourceId', k)} THEN {quote_text(v)}" for k, v in answer.resource.items()
            )
            return f"CASE {' '.join(parts)} END"
        if answer.when is not None:
            tests = [matches(self._value(k, where), p) for k, p in answer.when.items()]
            return f"CASE WHEN {' AND '.join(tests)} THEN {quote_text(answer.value or '')} END"
        if answer.lookup is not None:
            return self._lookup(answer, where)
        key = answer.column if answer.column is not None else answer.dimension
        return _answered(self._value(str(key), where))

    def _tag(self, keys: Sequence[str] | str) -> str:
        wanted = [keys] if isinstance(keys, str) else keys
        found: list[str] = []
        for key in wanted:
            spelled = self._spellings.get(fold(key), [])
            found += [s for s in sorted(spelled, key=lambda s: (s != key, s)) if s not in found]
        if not found:
            return "CAST(NULL AS VARCHAR)"
        return f"coalesce({', '.join(_answered(f'Tags[{quote_text(k)}]') for k in found)})"

    def _value(self, key: str, where: str) -> str:
        if self._inlined is not None and key in self._inlined:
            return f"({self._inlined[key]})"
        if key in self._known or key in self._columns:
            return quote_ident(key)
        if key.startswith("tag:"):
            return self._tag(key.removeprefix("tag:"))
        raise BadInput(
            f"'{key}' is neither a FOCUS column nor a dimension declared before",
            where=where,
            hint="FOCUS columns are written as FOCUS writes them (ServiceName); a tag is tag:KEY.",
        )

    def _lookup(self, answer: Answer, where: str) -> str:
        pairs = read_lookup(self._directory / str(answer.lookup), str(answer.value), where)
        rows = ", ".join(f"({quote_text(k)}, {quote_text(v)})" for k, v in pairs)
        expression = self._value(str(answer.key), where)
        return f"(SELECT any_value(v) FROM (VALUES {rows}) AS lookup(k, v) WHERE k = {expression})"


def read_lookup(path: Path, column: str, where: str) -> list[tuple[str, str]]:
    """Pairs of the first column of a CSV file and `column`. Raises BadInput for what is no such file."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as why:
        raise BadInput(f"the lookup file {path.name} cannot be read: {why}", where=where) from None
    if not rows or column not in rows[0]:
        raise BadInput(f"the lookup file {path.name} has no column '{column}'", where=where)
    first = next(iter(rows[0]))
    pairs = {r[first].strip(): r[column].strip() for r in rows if r[first] and r[column]}
    if len(pairs) < len([r for r in rows if r[first] and r[column]]):
        raise BadInput(f"a key stands twice in the lookup file {path.name}", where=where)
    return sorted(pairs.items())


def _answered(expression: str) -> str:
    """Blank text is no answer."""
    return f"nullif(nullif(trim({expression}), ''), {quote_text(NONE)})"


def _cases(expression: str, pairs: Mapping[str, str]) -> str:
    parts = (f"WHEN {quote_text(k)} THEN {quote_text(v)}" for k, v in pairs.items())
    return f"CASE {expression} {' '.join(parts)} END"
