"""Dimensions from tags: which keys answer a question, in which spellings, for how much of the cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apportion.allocation.dimensions import fold
from apportion.analytics.sentences import count, money, share
from apportion.core.money import percent
from apportion.engine import quote_ident
from apportion.suggestions.edits import Edit, Insert, Put
from apportion.suggestions.models import Draft
from apportion.suggestions.spelling import Spelling, matched, spelling
from apportion.suggestions.state import State, edits
from apportion.suggestions.vocabulary import KEYS, SPELLED

SMALLEST = Decimal("0.0002")
"""A key that answers less of the cost than this is noise."""
AGREED = Decimal("0.5")
LISTED = 3


@dataclass(frozen=True)
class Key:
    """A tag key (its dearest spelling) and the cost that it answers where the keys before it do not."""

    name: str
    spellings: Sequence[str]
    added: Decimal
    values: Sequence[tuple[str, Decimal]]


def drafts(state: State, dimension: str) -> Iterator[Draft]:
    """Tags that answer `dimension`, and what its answers lack that are there."""
    if state.has(dimension):
        yield from _respelled(state, dimension)
    keys, left_out = _keys(state, dimension)
    if not keys:
        return
    values = [v for key in keys for v in key.values]
    spelled = spelling(
        _added_up(values), state.bill.known(dimension), environments=dimension == "environment"
    )
    names = [_shown(key) for key in keys]
    answer = {"tag": names, **spelled.setting()}
    reach = sum((key.added for key in keys), Decimal(0))
    title = f"{dimension}: the {'tag' if len(names) == 1 else 'tags'} {', '.join(names)}"
    if state.has(dimension):
        change: tuple[Edit, ...] = (Insert(("dimensions", dimension), answer),)
        title = f"{dimension}: also {title.removeprefix(f'{dimension}: ')}"
    else:
        change = edits(
            Put(("dimensions",), dimension, [answer], first=dimension == "service"),
            own_perspective(state, dimension),
        )
    moves = reach if dimension in ("customer", "team") else Decimal(0)
    yield Draft(
        dimension, title, "stated", change, moves, (*_evidence(state, keys, spelled), *left_out), reports=True
    )


def own_perspective(state: State, dimension: str) -> list[Edit]:
    """The perspective whose first rule gives what is tagged to whom the tag names."""
    if dimension not in ("customer", "team") or state.perspective(dimension):
        return []
    rule = {"name": "tagged", "match": {dimension: "*"}, "method": "direct"}
    return [Put(("perspectives",), dimension, {"to": dimension, "rules": [rule]})]


def _keys(state: State, dimension: str) -> tuple[list[Key], list[str]]:
    found: list[Key] = []
    left_out: list[str] = []
    known = state.bill.known(dimension) or (set(SPELLED) if dimension == "environment" else set())
    for name in _candidates(state, dimension, known):
        key = _measured(state, dimension, name, [k.name for k in found])
        if key is None or key.added < SMALLEST * state.bill.charged():
            continue
        like = known or {v.casefold() for k in found for v, _ in k.values}
        if like and _agreed(key, like) < AGREED:
            said = ", ".join(v for v, _ in key.values[:3])
            left_out.append(f"left out: the tag {key.name}, whose values ({said}) are not of the same kind")
            continue
        found.append(key)
    return found, left_out


def _agreed(key: Key, like: set[str]) -> Decimal:
    """How much of the key's cost has values known from elsewhere."""
    folded = {v.casefold() for v in like}
    same = sum((cost for v, cost in key.values if v.casefold() in folded), Decimal(0))
    return same / key.added if key.added > 0 else Decimal(0)


def _candidates(state: State, dimension: str, known: set[str]) -> list[str]:
    """Keys by their names, the most telling first; then those whose values are known for this dimension."""
    spelled = state.bill.spellings()
    taken = {
        fold(key)
        for answer in state.rules.dimensions.get(dimension, [])
        for key in ([answer.tag] if isinstance(answer.tag, str) else answer.tag or [])
    }
    named = [k for k in KEYS[dimension] if fold(k) in spelled and fold(k) not in taken]
    words = {fold(k) for keys in KEYS.values() for k in keys}
    by_value = [k for k in spelled if k not in words | taken and known and _mostly(state, k, known)]
    return [*named, *by_value]


def _mostly(state: State, key: str, known: set[str]) -> bool:
    expression = state.bill.tag([key])
    rows = state.bill.rows(
        f"SELECT sum(cost) FILTER (list_contains(?, lower({expression}))), sum(cost) "
        f"FROM bill WHERE {expression} IS NOT NULL", sorted(v.lower() for v in known)
    )  # fmt: skip
    return bool(rows and rows[0][0] and rows[0][1] > 0 and rows[0][0] / rows[0][1] >= AGREED)


def _measured(state: State, dimension: str, name: str, before: list[str]) -> Key | None:
    expression = state.bill.tag([name])
    open_still = [state.unanswered(dimension), *([f"{state.bill.tag(before)} IS NULL"] if before else [])]
    values = state.bill.rows(
        f"SELECT {expression} AS value, sum(cost) FROM answered WHERE {' AND '.join(open_still)} "
        "AND value IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    if not values:
        return None
    spellings = state.bill.spellings()[fold(name)]
    return Key(name, spellings, sum((cost for _, cost in values), Decimal(0)), values)


def _added_up(values: Sequence[tuple[str, Decimal]]) -> list[tuple[str, Decimal]]:
    found: dict[str, Decimal] = {}
    for value, cost in values:
        found[value] = found.get(value, Decimal(0)) + cost
    return sorted(found.items())


def _evidence(state: State, keys: Sequence[Key], spelled: Spelling) -> list[str]:
    whole = state.bill.charged()
    found = []
    for n, key in enumerate(keys):
        written = f" (written {', '.join(key.spellings)})" if len(key.spellings) > 1 else ""
        more = "" if n == 0 else " more"
        found.append(
            f"{_shown(key)}{written} names {count(len(key.values), 'value')} for "
            f"{money(key.added, state.bill.currency)}{more}, "
            f"{share(percent(key.added, whole) or Decimal(0))} of the bill"
        )
    return [*found, *_merged(spelled)]


def _shown(key: Key) -> str:
    return key.spellings[0] if len(key.spellings) == 1 else key.name


def _merged(spelled: Spelling) -> list[str]:
    if not spelled.merged:
        return []
    shown = "; ".join(spelled.merged[:LISTED])
    more = len(spelled.merged) - LISTED
    return [
        f"one name for what is written in several ways: {shown}{f'; and {more} more' if more > 0 else ''}"
    ]


def _respelled(state: State, dimension: str) -> Iterator[Draft]:
    """Tag answers of the file whose values still mean one thing in several spellings."""
    values = state.bill.rows(
        f"SELECT {quote_ident(dimension)} AS value, sum(cost) FROM answered "
        f"WHERE NOT {state.unanswered(dimension)} GROUP BY 1 ORDER BY 1"
    )
    known = state.bill.known(dimension)
    spelled = spelling(values, known, environments=dimension == "environment")
    if not spelled.merged and matched([(spelled.apply(v), c) for v, c in values], known) <= matched(
        values, known
    ):
        return
    change: list[Edit] = []
    for n, answer in enumerate(state.rules.dimensions[dimension]):
        if answer.tag is None:
            continue
        path = ("dimensions", dimension, n)
        if spelled.lower and "case" not in answer.model_fields_set:
            change.append(Put(path, "case", "lower"))
        new = {k: v for k, v in spelled.map.items() if k not in {old.lower() for old in answer.map}}
        if new and not answer.map:
            change.append(Put(path, "map", new))
        elif new:
            change += [Put((*path, "map"), k, v) for k, v in new.items()]
    if change:
        gained = matched([(spelled.apply(v), c) for v, c in values], known) - matched(values, known)
        yield Draft(
            f"{dimension} spelling", f"{dimension}: one spelling for each value", "stated", tuple(change),
            max(gained, Decimal(0)), tuple(_merged(spelled)), reports=True,
        )  # fmt: skip
