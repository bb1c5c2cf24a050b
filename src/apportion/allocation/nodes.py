"""Where cost sits on its way through a perspective, which rule takes it there, and where it goes on to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TypeAlias

from apportion.allocation.match import Test, condition, holds, names, tests
from apportion.allocation.models import ATTRIBUTED, COST, Perspective, Rule
from apportion.allocation.patterns import NONE, own_answer
from apportion.core.errors import BadInput
from apportion.engine import quote_ident

POOL_FIELDS = ("source", "currency", "cost_class")
ABOUT_IDLE = ("CommitmentDiscountStatus", "CapacityReservationStatus")
"""Columns that say a commitment was unused; a rule claims such cost only where it names one of them."""

IDLE_WORD = "idle=true"

Kinds: TypeAlias = Mapping[str, str]
"""FOCUS columns and their SQL types."""


@dataclass(frozen=True)
class Node:
    """A place where cost sits: `at` answers what the rules look at.

    `chain` are the numbers of the rules that take cost here, in order: the first takes it, and what that
    leaves goes on to the next. `by` says what a charge that follows others shares with them; `passed` are
    rules that have already taken their part; `idle` is a charge for a commitment that nobody used.
    """

    at: tuple[tuple[str, str], ...]
    chain: tuple[int, ...]
    by: str = ""
    passed: tuple[int, ...] = ()
    idle: bool = False

    @property
    def rule(self) -> int | None:
        """The number of the rule that takes the cost, or None where it stays unallocated."""
        return self.chain[0] if self.chain else None


def word(name: str, value: str) -> str:
    """A word of a label, quoted where what is in it could end it."""
    return (
        f"{name}={value}" if not set(value) & set(',"') else f'{name}="{value.replace(chr(34), chr(34) * 2)}"'
    )


def flag(test: Test) -> str:
    """The name of the column that holds the outcome of a test of a FOCUS column.

    Names of columns in SQL have no case, and a list may read like a value with commas: hence the digest.
    """
    return f"? {test} {sha256(repr(test).encode()).hexdigest()[:12]}"


def goes_on(rule: Rule) -> bool:
    """Whether a rule may leave a part to the rules that follow."""
    return rule.amounts is not None or (rule.shares is not None and sum(rule.shares.values()) < 100)


def as_charged_only(rule: Rule) -> bool:
    """Whether a rule takes cost only where it was charged, not what other rules move."""
    return rule.method == "follow" or rule.amounts is not None


class Map:
    """The nodes of one perspective: what distinguishes them, and the rules that take cost from each."""

    def __init__(
        self, name: str, perspective: Perspective, dimensions: Sequence[str], kinds: Kinds, *, currencies: int
    ) -> None:
        self.name, self.perspective, self.dimensions = name, perspective, list(dimensions)
        self._kinds = kinds
        self._check()
        self.columns = self._looked_at(currencies)

    @property
    def rules(self) -> list[Rule]:
        return self.perspective.rules

    def to(self, rule: Rule) -> str:
        """The dimension a rule moves cost to."""
        return rule.to or self.perspective.to

    def column_tests(self) -> list[Test]:
        """The tests of FOCUS columns that its rules make."""
        found = (t for rule in self.rules for t in tests(rule.match))
        return [t for t in found if not self._is_answer(t.name)]

    def claims(self) -> str:
        """SQL for the chain of a pool, as text such as '0,3': rule 0 takes its part, rule 3 the rest."""
        whens, tail = "", "''"
        for number, rule in reversed(list(enumerate(self.rules))):
            test = condition(rule.match, self._sql)
            if not set(names(rule.match)) & set(ABOUT_IDLE):
                test = f"NOT idle AND ({test})"
            if goes_on(rule):
                tail = f"(CASE WHEN {test} THEN '{number},' ELSE '' END || {_case(whens, tail)})"
                whens = ""
            else:
                whens = f"WHEN {test} THEN '{number}' {whens}"
        return _case(whens, tail)

    def claim(self, at: Mapping[str, str]) -> tuple[int, ...]:
        """The chain of cost that was moved to a place with these answers."""
        chain = []
        for number, rule in enumerate(self.rules):
            if as_charged_only(rule) or not holds(rule.match, lambda t: self._holds(t, at)):
                continue
            chain.append(number)
            if not goes_on(rule):
                break
        return tuple(chain)

    def next(self, node: Node, target: str) -> Node:
        """Where the rule at `node` moves cost that goes to `target`."""
        rule = self.rules[node.chain[0]]
        at = dict(node.at)
        at |= {name: NONE for name in names(rule.match) if name in self.dimensions and name in at}
        at[self.to(rule)] = target
        return Node(tuple(at.items()), self.claim(at))

    def shared(self, rule: Rule) -> list[str]:
        """What a charge that follows others by `rule` shares with them, what they must share first."""
        return list(dict.fromkeys([*self.always_shared, *(rule.by or [])]))

    @property
    def always_shared(self) -> list[str]:
        """What every charge shares with those it follows: money of another currency has no part in it."""
        return ["source", "billing_period", *(["currency"] if "currency" in self.columns else [])]

    def rest(self, node: Node) -> Node:
        """Where what the rule at `node` leaves goes on: amounts come off whole cost only."""
        onward = tuple(n for n in node.chain[1:] if self.rules[n].amounts is None)
        return replace(node, chain=onward, passed=(*node.passed, node.chain[0]))

    def label(self, node: Node) -> str:
        """What a node is called; different nodes have different names."""
        words = [word(name, value) for name, value in node.at if value != NONE]
        words += [node.by] if node.by else []
        words += [IDLE_WORD] if node.idle else []
        words += [word("rule", self.rules[n].name) for n in node.chain if self.is_named(n)]
        words += [word("after", self.rules[n].name) for n in node.passed]
        return ", ".join(words) or NONE

    def is_named(self, number: int) -> bool:
        """Whether the answers alone do not tell that a rule takes cost, so that labels have to name it."""
        rule = self.rules[number]
        return rule.amounts is not None or not all(map(self._is_answer, names(rule.match)))

    def _is_answer(self, name: str) -> bool:
        return name in self.dimensions or name in POOL_FIELDS

    def _sql(self, test: Test) -> str:
        return test.sql(quote_ident(test.name)) if self._is_answer(test.name) else quote_ident(flag(test))

    def _holds(self, test: Test, at: Mapping[str, str]) -> bool:
        if self._is_answer(test.name):
            return test.holds(at[test.name])
        return bool(test.patterns) and test.holds(NONE)  # cost that was moved is no longer a charge

    def _looked_at(self, currencies: int) -> list[str]:
        wanted = {self.perspective.to, *(self.to(rule) for rule in self.rules)}
        for rule in self.rules:
            wanted |= {n for n in names(rule.match) if self._is_answer(n)} | _own_answers(rule)
        by_money = any(
            as_charged_only(r) or any(d.measure in (COST, ATTRIBUTED) for d in r.drivers) for r in self.rules
        )
        if by_money and currencies > 1:
            wanted.add("currency")
        return [c for c in (*self.dimensions, *POOL_FIELDS) if c in wanted]

    def _check(self) -> None:
        for rule in self.rules:
            where = f"perspectives.{self.name}, rule '{rule.name}'"
            for name in names(rule.match):
                if not self._is_answer(name) and name not in self._kinds:
                    raise _unknown(name, "neither a dimension nor a FOCUS column", where, self.dimensions)
            for name in (*_own_answers(rule), *([rule.to] if rule.to else [])):
                if name not in self.dimensions:
                    raise _unknown(name, "not a dimension", where, self.dimensions)
            if any(d.measure == ATTRIBUTED for d in rule.drivers) and self.to(rule) != self.perspective.to:
                raise BadInput(
                    f"'{ATTRIBUTED}' is known of the targets of the perspective only",
                    where=where,
                    hint=f"Leave out `to`, or divide by '{COST}'.",
                )
        if self.perspective.to not in self.dimensions:
            raise _unknown(
                self.perspective.to, "not a dimension", f"perspectives.{self.name}.to", self.dimensions
            )


def _own_answers(rule: Rule) -> set[str]:
    """Dimensions of the cost that a rule's `where` compares usage with."""
    return {own for d in rule.drivers for p in (d.where or {}).values() if (own := own_answer(p))}


def _case(whens: str, otherwise: str) -> str:
    return f"CASE {whens}ELSE {otherwise} END" if whens else otherwise


def _unknown(name: str, what: str, where: str, dimensions: Iterable[str]) -> BadInput:
    known = ", ".join(dimensions) or "none are declared"
    return BadInput(f"'{name}' is {what}", where=where, hint=f"Dimensions: {known}.")
