"""Patterns of names: `gpt-4o | gpt-4o-2024-* | *mini & re:^o[0-9]`, compared without case.

`|` separates alternatives, `&` what has to hold together; `*` stands for any text, `re:` begins a regular
expression that is searched for in the name in small letters.
"""

import re
from collections.abc import Callable

OR, AND, REGEX = " | ", " & ", "re:"
Matcher = Callable[[str], bool]


def literal(text: str) -> str:
    """The pattern that matches just `text`, whatever signs it has."""
    return affixed("", text, "")


def affixed(before: str, text: str, after: str) -> str:
    """The pattern of names with `text` in them; `before` and `after` are '*' where more may stand there."""
    text = text.lower()
    if not any(sign in text for sign in "*|& ") and not text.startswith(REGEX):
        return f"{before}{text}{after}"
    start, end = ("" if before else "^"), ("" if after else "$")
    return regular(f"{start}{re.escape(text)}{end}")


def regular(text: str) -> str:
    """The pattern of names in which the regular expression `text` is found."""
    return REGEX + text.replace(OR, "[ ]|[ ]").replace(AND, "[ ]&[ ]")


def exact_names(pattern: str) -> list[str]:
    """The alternatives of a pattern that are names without any wildcard, in small letters."""
    return [part for part in pattern.lower().split(OR) if _is_exact(part)]


def inexact(pattern: str) -> Matcher | None:
    """Matches the other alternatives; None where there are none."""
    others = [_together(part) for part in pattern.split(OR) if not _is_exact(part)]
    if not others:
        return None
    return others[0] if len(others) == 1 else lambda name: any(matches(name) for matches in others)


def matcher(pattern: str) -> Matcher:
    """Whether a name, in small letters, is meant by `pattern`."""
    exact, other = frozenset(exact_names(pattern)), inexact(pattern)
    if other is None:
        return exact.__contains__
    return lambda name: name in exact or other(name)


def _is_exact(part: str) -> bool:
    return "*" not in part and AND not in part and not part.startswith(REGEX)


def _together(part: str) -> Matcher:
    atoms = [_atom(atom) for atom in part.split(AND)]
    return atoms[0] if len(atoms) == 1 else lambda name: all(matches(name) for matches in atoms)


def _atom(atom: str) -> Matcher:
    if atom.startswith(REGEX):
        found = re.compile(atom.removeprefix(REGEX))
        return lambda name: found.search(name) is not None
    pieces = atom.lower().split("*")
    whole = re.compile(".*".join(map(re.escape, pieces)), re.DOTALL)
    return lambda name: whole.fullmatch(name) is not None
