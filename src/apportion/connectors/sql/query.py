"""The query of a measure or a list: which parameters it has to have."""

import re

_LITERALS = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_PARAMETER = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")


def parameters(query: str) -> set[str]:
    """The names behind a colon; a cast such as ::date, a text and a comment have none."""
    return set(_PARAMETER.findall(_LITERALS.sub(" ", query)))


def check_spans(query: str) -> str:
    """The query of a measure, which is asked for one span of time after the other; else ValueError."""
    if parameters(query) != {"from", "to"}:
        raise ValueError(
            "it has to ask for a span of time with the parameters :from and :to, and no others, "
            "like WHERE day >= :from AND day < :to"
        )
    return query


def check_rows(query: str) -> str:
    """The query of a list, which is asked for as a whole; else ValueError."""
    if found := parameters(query):
        raise ValueError(f"it takes no parameters, and has :{', :'.join(sorted(found))}")
    if not query.strip():
        raise ValueError("it is empty")
    return query


def bindable(query: str) -> str:
    """The query with the colons in its texts and comments escaped, so that none is read as a parameter."""
    return _LITERALS.sub(lambda found: found[0].replace(":", "\\:"), query)
