"""What targets are called: by their id or their exact name, with the nearest where there is none."""

from difflib import get_close_matches

import duckdb

from apportion.analytics.models import Facts
from apportion.analytics.statements import fetch, read_sql
from apportion.core.errors import NotFound

NAMES = {"(idle)": "Idle", "(unallocated)": "Unallocated"}
NEAR = 5
_ONE = """
SELECT
    (SELECT ANY_VALUE(customer_name) FROM customers WHERE customer_id = $target AND $of_customers) AS name,
    $known OR EXISTS (
        SELECT 1 FROM allocations WHERE perspective = $perspective AND target = $target
    ) AS known"""


def name_of(
    con: duckdb.DuckDBPyConnection, facts: Facts, perspective: str, target: str, *, known: bool = False
) -> str:
    """What to call a target: its customer's name where it is one.

    Raises NotFound where nothing is attributed to it, unless it is `known`.
    """
    if target in NAMES:
        return NAMES[target]
    params = {
        "target": target,
        "perspective": perspective,
        "of_customers": facts.perspectives.get(perspective) == "customer",
        "known": known,
    }
    row = fetch(con, _ONE, params)[0]
    if row["name"] is None and not row["known"]:
        raise _not_found(con, facts, perspective, target)
    return row["name"] or target


def find_target(con: duckdb.DuckDBPyConnection, facts: Facts, perspective: str, text: str) -> str:
    """The target whose id is `text`, else the one whose name it is, whatever the case.

    Raises NotFound for none and for several, naming the nearest.
    """
    if text in NAMES:
        return text
    known = _targets(con, facts, perspective)
    if text in known:
        return text
    named = [target for target, name in known.items() if name.casefold() == text.casefold()]
    if len(named) == 1:
        return named[0]
    if named:
        raise NotFound(f"'{text}' is the name of several.", hint=f"Say which: {', '.join(sorted(named))}.")
    raise _not_found(con, facts, perspective, text)


def _targets(con: duckdb.DuckDBPyConnection, facts: Facts, perspective: str) -> dict[str, str]:
    """Every target and what it is called."""
    params = {
        "perspective": perspective,
        "of_customers": facts.perspectives.get(perspective) == "customer",
    }
    return {row["target"]: row["name"] for row in fetch(con, read_sql(__package__, "targets"), params)}


def _not_found(con: duckdb.DuckDBPyConnection, facts: Facts, perspective: str, text: str) -> NotFound:
    """What is not there, and what is spelled much like it."""
    spelled: dict[str, str] = {}
    for target, name in _targets(con, facts, perspective).items():
        spelled |= {target.casefold(): target, name.casefold(): target}
    near = [spelled[found] for found in get_close_matches(text.casefold(), spelled, n=NEAR, cutoff=0.5)]
    near += [target for word, target in spelled.items() if text.casefold() in word][:NEAR]
    listed = list(dict.fromkeys(near))[:NEAR]
    return NotFound(
        f"Nothing is attributed to '{text}' in perspective '{perspective}'.",
        hint=f"Is it one of these: {', '.join(listed)}?" if listed else "",
    )
