"""What `match`, `where` and `when` mean: values, lists and `*` wildcards, as SQL conditions."""

from collections.abc import Mapping

from apportion.allocation.models import NONE, Patterns
from apportion.engine import quote_text


def matches(expression: str, patterns: Patterns) -> str:
    """A condition that `expression` (SQL) fits one of the patterns.

    `*` stands for any text; alone it means "has an answer". Nothing else is special, and case counts.
    """
    listed = [patterns] if isinstance(patterns, str) else patterns
    exact = [quote_text(p) for p in listed if "*" not in p]
    tests = [f"{expression} IN ({', '.join(exact)})"] if exact else []
    tests += [_like(expression, p) for p in listed if "*" in p]
    return tests[0] if len(tests) == 1 else f"({' OR '.join(tests) or 'false'})"


def all_match(conditions: Mapping[str, str], patterns: Mapping[str, Patterns]) -> str:
    """All of `patterns` hold; `conditions` gives the SQL expression of each of their keys."""
    return " AND ".join(matches(conditions[key], wanted) for key, wanted in patterns.items()) or "true"


def _like(expression: str, pattern: str) -> str:
    if pattern == "*":
        return f"{expression} <> {quote_text(NONE)}"
    escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%")
    return f"{expression} LIKE {quote_text(escaped)} ESCAPE '\\'"
