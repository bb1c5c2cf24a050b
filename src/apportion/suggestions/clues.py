"""Answers for charges that no tag answers: what their account, service, maker or name says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apportion.allocation.dimensions import fold
from apportion.analytics.sentences import money, share
from apportion.core.money import percent
from apportion.engine import quote_ident
from apportion.suggestions.edits import Edit, Insert, Put
from apportion.suggestions.models import Certainty, Draft
from apportion.suggestions.state import State, edits
from apportion.suggestions.vocabulary import MAKERS, environment_of, words

SURE = Decimal("0.95")
"""Of the cost that has an answer, so much has to have the same one."""
TOLD = Decimal("0.2")
"""Of the cost behind a clue, so much has to have an answer already."""
SMALLEST = Decimal("0.0001")
LISTED = 6
STEM = "nullif(regexp_replace(coalesce(ResourceName, ''), '[0-9]+$', ''), '')"


@dataclass(frozen=True)
class Clue:
    """A value of what was looked at, the answer it points to, and the cost behind it."""

    key: str
    answer: str
    open: Decimal
    told: Decimal
    agreeing: Decimal
    label: str = ""

    def sentence(self, state: State, dimension: str) -> str:
        agree = share(percent(self.agreeing, self.told) or Decimal(0))
        return (
            f"{self.label or self.key}: {money(self.open, state.bill.currency)} has no {dimension}; "
            f"{agree} of the rest there is {self.answer}"
        )


def drafts(state: State, dimension: str) -> Iterator[Draft]:
    """Answers for what still has none in `dimension`, the surest kind of clue first."""
    found = [_accounts(state, dimension)]
    if dimension == "team" and _before(state, "service", "team"):
        found.append(_services(state))
    found += [_makers(state, dimension), _stems(state, dimension)]
    if dimension == "service":
        found.append(_names(state))
    yield from (draft for draft in found if draft is not None)


def _accounts(state: State, dimension: str) -> Draft | None:
    named = _named_accounts(state) if dimension == "environment" else []
    clues = [c for c in _dominant(state, dimension, "SubAccountId", "any_value(SubAccountName)")
             if c.key not in {n.key for n in named}]  # fmt: skip
    if not named and not clues:
        return None
    said = [
        f"{c.label or c.key}: {c.answer} by its name"
        + (f" and by {share(percent(c.agreeing, c.told) or Decimal(0))} of its tags" if c.told else "")
        for c in named[:LISTED]
    ] + [c.sentence(state, dimension) for c in clues[: LISTED - len(named[:LISTED])]]
    pairs = {c.key: c.answer for c in (*named, *clues)}
    return _draft(
        state, dimension, "account", "by account", "likely", [{"account": pairs}], (*named, *clues), said
    )


def _named_accounts(state: State) -> list[Clue]:
    """Accounts whose names say an environment, where what they hold does not say otherwise."""
    at = f"{quote_ident('environment')}" if state.has("environment") else "'(none)'"
    rows = state.bill.rows(
        f"SELECT SubAccountId, coalesce(any_value(SubAccountName), ''), {at}, sum(cost) FROM answered "
        "WHERE SubAccountId IS NOT NULL GROUP BY 1, 3 ORDER BY 1, 3"
    )
    accounts: dict[str, tuple[str, dict[str, Decimal]]] = {}
    for account, name, answer, cost in rows:
        accounts.setdefault(account, (name, {}))[1][answer] = cost
    found = []
    for account, (name, costs) in accounts.items():
        value = environment_of(name) or environment_of(account)
        open_, told = costs.pop("(none)", Decimal(0)), sum(costs.values(), Decimal(0))
        agreeing = costs.get(value, Decimal(0))
        if value and open_ > 0 and agreeing >= Decimal("0.8") * told:
            found.append(Clue(account, value, open_, told, agreeing, name))
    return sorted(found, key=lambda c: (-c.open, c.key))


def _services(state: State) -> Draft | None:
    """Services that one team owns: their untagged cost is that team's, too."""
    clues = [c for c in _dominant(state, "team", quote_ident("service")) if c.key != "(none)"]
    answers = [
        {"when": {"service": keys[0] if len(keys) == 1 else keys}, "value": team}
        for team, keys in _by_answer(clues).items()
    ]
    return _draft(state, "team", "service", "by the service it belongs to", "likely", answers, clues,
                  [c.sentence(state, "team") for c in clues[:LISTED]])  # fmt: skip


def _makers(state: State, dimension: str) -> Draft | None:
    """Who made a thing works for one team: what else they made is that team's."""
    if dimension != "team":
        return None
    for key in [k for k in state.bill.spellings() if k in MAKERS]:
        name = state.bill.spellings()[key][0]
        if key in {fold(k) for a in state.rules.dimensions.get(dimension, []) for k in _tags(a.tag)}:
            continue
        clues = _dominant(state, dimension, state.bill.tag([name]))
        answers = [{"when": {f"tag:{name}": keys}, "value": v} for v, keys in _by_answer(clues).items()]
        said = [c.sentence(state, dimension) for c in clues[:LISTED]]
        if made := _draft(state, dimension, name, f"by the tag {name}", "likely", answers, clues, said):
            return made
    return None


def _stems(state: State, dimension: str) -> Draft | None:
    """Resources whose names differ only in a number belong together."""
    if "ResourceName" not in state.bill.columns:
        return None
    clues = _dominant(state, dimension, STEM)
    answers = [
        {"when": {"ResourceName": [f"{k}*" for k in keys]}, "value": v}
        for v, keys in _by_answer(clues).items()
    ]
    said = [c.sentence(state, dimension) for c in clues[:LISTED]]
    return _draft(state, dimension, "name", "by the names of resources", "likely", answers, clues, said)


def _names(state: State) -> Draft | None:
    """Resources that bear the name of a service, where all that bear it are that service's."""
    if "ResourceName" not in state.bill.columns or not state.has("service"):
        return None
    open_names = state.bill.rows(
        "SELECT lower(ResourceName), sum(cost) FROM answered WHERE service = '(none)' AND ResourceName <> '' "
        "GROUP BY 1 HAVING sum(cost) > 0 ORDER BY 2 DESC, 1 LIMIT 500"
    )
    services = [str(s) for (s,) in state.bill.rows("SELECT DISTINCT service FROM answered ORDER BY 1")]
    clues: dict[str, Clue] = {}
    for name, cost in open_names:
        service = _longest(str(name), services)
        if not service:
            continue
        told, agreeing = state.bill.rows(
            "SELECT coalesce(sum(cost), 0), coalesce(sum(cost) FILTER (service = ?), 0) FROM answered "
            "WHERE contains(lower(ResourceName), lower(?)) AND service <> '(none)'", service, service
        )[0]  # fmt: skip
        if told > 0 and agreeing >= SURE * told:
            before = clues.get(service)
            clues[service] = Clue(service, service, cost + (before.open if before else 0), told, agreeing)
    worth = [c for c in clues.values() if c.open >= SMALLEST * state.bill.charged()]
    answers = [{"when": {"ResourceName": f"*{c.key}*"}, "value": c.answer} for c in worth]
    said = [
        f"resources called *{c.key}*: {money(c.open, state.bill.currency)} has no service; "
        f"{share(percent(c.agreeing, c.told) or Decimal(0))} of the others is {c.answer}"
        for c in worth[:LISTED]
    ]
    return _draft(state, "service", "name", "by the names of resources", "likely", answers, worth, said)


def _longest(name: str, services: Sequence[str]) -> str:
    """The service with the longest name whose words the name has, one after the other."""
    said, best = words(name), ""
    for service in services:
        parts = words(service)
        hits = (said[i : i + len(parts)] == parts for i in range(len(said)))
        if parts and len(service) > max(3, len(best)) and any(hits):
            best = service
    return best


def _dominant(state: State, dimension: str, expression: str, label: str = "''") -> list[Clue]:
    """Values of `expression` whose answered cost nearly all has one answer, and that have cost without."""
    if not state.has(dimension):
        return []
    at = quote_ident(dimension)
    rows = state.bill.rows(
        f"WITH parts AS (SELECT {expression} AS k, {at} AS v, sum(cost) AS c, {label} AS label FROM answered "
        "WHERE k IS NOT NULL GROUP BY 1, 2) "
        "SELECT k, arg_max(v, (c, v)) FILTER (v <> '(none)'), coalesce(sum(c) FILTER (v = '(none)'), 0), "
        "coalesce(sum(c) FILTER (v <> '(none)' AND c > 0), 0), coalesce(max(c) FILTER (v <> '(none)'), 0), "
        "coalesce(any_value(label), '') FROM parts GROUP BY 1 ORDER BY 3 DESC, 1"
    )
    least = SMALLEST * state.bill.charged()
    clues = [Clue(*row) for row in rows if row[1] is not None]
    return [
        c for c in clues
        if c.open >= least and c.agreeing >= SURE * c.told and c.told >= TOLD * (c.told + c.open)
    ]  # fmt: skip


def _by_answer(clues: Sequence[Clue]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for clue in clues:
        found.setdefault(clue.answer, []).append(clue.key)
    return found


def _draft(
    state: State,
    dimension: str,
    kind: str,
    title: str,
    certainty: Certainty,
    answers: Sequence[dict[str, Any]],
    clues: Sequence[Clue],
    said: Sequence[str],
) -> Draft | None:
    if not clues:
        return None
    change: tuple[Edit, ...]
    if state.has(dimension):
        change = tuple(Insert(("dimensions", dimension), answer) for answer in answers)
    else:
        change = edits(Put(("dimensions",), dimension, list(answers)))
    more = len(clues) - len(said)
    evidence = (*said, *([f"and {more} more like these"] if more > 0 else []))
    used = ("service", "service by name") if kind == "service" else ()
    open_cost = sum((c.open for c in clues), Decimal(0))
    reach = open_cost if dimension != "environment" else Decimal(0)
    key = f"{dimension} by {kind}" if state.has(dimension) else dimension
    return Draft(key, f"{dimension}: what has none, {title}", certainty, change, reach, evidence,
                 state.needs(dimension, *used), reports=dimension not in ("team", "customer"))  # fmt: skip


def _before(state: State, first: str, then: str) -> bool:
    """Whether one dimension is declared before another, so that this may ask for it."""
    names = list(state.rules.dimensions)
    return first in names and then in names and names.index(first) < names.index(then)


def _tags(tag: list[str] | str | None) -> list[str]:
    return [tag] if isinstance(tag, str) else tag or []
