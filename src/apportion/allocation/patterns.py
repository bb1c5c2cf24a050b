"""What `where`, `when` and each test of a `match` mean: values, lists and `*` wildcards, as SQL."""

import re

from apportion.engine import quote_text

NONE = "(none)"
Patterns = str | list[str]
MANY = 50
"""Values from which on a join is quicker than looking through them."""


def own_answer(patterns: Patterns) -> str:
    """The dimension that `{service}` in a `where` means: usage agrees with the cost's own; else ''."""
    found = re.fullmatch(r"\{([a-z][a-z0-9_]*)\}", patterns) if isinstance(patterns, str) else None
    return found[1] if found else ""


def matches(expression: str, patterns: Patterns) -> str:
    """A condition that `expression` (SQL) fits one of the patterns.

    `*` stands for any text; alone it means "has an answer". Nothing else is special, and case counts.
    """
    listed = [patterns] if isinstance(patterns, str) else patterns
    exact = [quote_text(p) for p in listed if "*" not in p]
    tests = [_one_of(expression, exact)] if exact else []
    tests += [_like(expression, p) for p in listed if "*" in p]
    return tests[0] if len(tests) == 1 else f"({' OR '.join(tests) or 'false'})"


def _one_of(expression: str, exact: list[str]) -> str:
    """`IN` of more than a few becomes a join, which works out the expression again for itself; that was half
    of the time of the answers to ten million charges.
    """
    if 1 < len(exact) <= MANY:
        return f"list_contains([{', '.join(exact)}], {expression})"
    return f"{expression} IN ({', '.join(exact)})"


def fits(value: str, patterns: Patterns) -> bool:
    """Whether `value` fits one of the patterns: what `matches` says, without SQL."""
    listed = [patterns] if isinstance(patterns, str) else patterns
    return any(_fits(value, p) for p in listed)


def _fits(value: str, pattern: str) -> bool:
    if pattern == "*":
        return value != NONE
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), value, re.DOTALL) is not None


def _like(expression: str, pattern: str) -> str:
    if pattern == "*":
        return f"{expression} <> {quote_text(NONE)}"
    escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%")
    return f"{expression} LIKE {quote_text(escaped)} ESCAPE '\\'"
