"""Which line items are in which pool, where a perspective's rules look at more than the dimensions."""

from collections.abc import Mapping, Sequence
from typing import Any

from apportion import focus
from apportion.allocation.match import names
from apportion.allocation.models import Perspective, Rule
from apportion.allocation.nodes import ABOUT_IDLE, IDLE_WORD, Map, flag, goes_on, word
from apportion.analytics.models import NONE, Claims
from apportion.engine import quote_ident, quote_text

FOLLOW = "follow"
CHAIN = "x_chain"
"""The column that `Claims.label` expects `Claims.chain` in."""


def claims_of(
    name: str, perspective: Mapping[str, Any], dimensions: Sequence[str], currencies: int
) -> Claims | None:
    """How a run claimed the charges of `perspective`; None where equal answers are always one pool."""
    rules = [{k: v for k, v in rule.items() if v != _default(k)} for rule in perspective["rules"]]
    graph = Map(
        name,
        Perspective.model_validate({"to": perspective["to"], "rules": rules}),
        dimensions,
        focus.charge_columns(),
        currencies=currencies,
    )
    tests = [flag(test) for test in graph.column_tests()]
    follows = {n: rule for n, rule in enumerate(graph.rules) if rule.method == FOLLOW}
    if not tests and not follows:
        return None
    shared = {n: graph.shared(rule) for n, rule in follows.items()}
    return Claims(
        chain=graph.claims(),
        label=_label(graph, shared),
        rules=tuple(rule.name for rule in graph.rules),
        alone=frozenset(rule.name for n, rule in enumerate(graph.rules) if n not in follows and _alone(rule)),
        columns=tuple(dict.fromkeys([*tests, *(key for keys in shared.values() for key in keys)])),
    )


def _default(setting: str) -> object:
    """What a run writes down for a setting that a rule leaves out, where that is not nothing."""
    return Rule.model_fields[setting].default


def _alone(rule: Rule) -> bool:
    """Whether all cost of equal answers that a rule takes begins at one node."""
    return not goes_on(rule) and not set(names(rule.match)) & set(ABOUT_IDLE)


def _label(graph: Map, shared: Mapping[int, Sequence[str]]) -> str:
    """SQL for the label of the node that a charge begins at: what `Map.label` calls it."""
    words = [_answer(name) for name in graph.columns]
    for number, keys in shared.items():
        said = ", ".join(_word(key, _text(key)) for key in keys)
        words.append(
            f"CASE WHEN string_split({CHAIN}, ',')[-1] = '{number}' THEN concat_ws(', ', {said}) END"
        )
    words.append(f"CASE WHEN idle AND {CHAIN} <> '' THEN {quote_text(IDLE_WORD)} END")
    for number, rule in enumerate(graph.rules):
        if graph.is_named(number):
            named = quote_text(word("rule", rule.name))
            words.append(f"CASE WHEN list_contains(string_split({CHAIN}, ','), '{number}') THEN {named} END")
    return f"coalesce(nullif(concat_ws(', ', {', '.join(words)}), ''), {quote_text(NONE)})"


def _answer(name: str) -> str:
    column = quote_ident(name)
    return f"CASE WHEN {column} <> {quote_text(NONE)} THEN {_word(name, column)} END"


def _word(name: str, value: str) -> str:
    """SQL for what `word` makes of a name and a value."""
    odd = f"contains({value}, ',') OR contains({value}, '\"')"
    quoted = f"'\"' || replace({value}, '\"', '\"\"') || '\"'"
    return f"{quote_text(f'{name}=')} || CASE WHEN {odd} THEN {quoted} ELSE {value} END"


def _text(name: str) -> str:
    return f"coalesce({quote_ident(name)}::VARCHAR, {quote_text(NONE)})"
