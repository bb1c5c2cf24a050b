"""Which line items are in which pool, where a perspective's rules look at more than the dimensions."""

from collections.abc import Mapping, Sequence
from typing import Any

from apportion import focus
from apportion.allocation.models import Perspective, Rule
from apportion.allocation.nodes import IDLE_WORD, Map, flag, word
from apportion.analytics.models import NONE, Claims
from apportion.engine import quote_ident, quote_text

FOLLOW = "follow"


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
    chain = graph.claims()
    shared = {n: graph.shared(rule) for n, rule in follows.items()}
    return Claims(
        chain=chain,
        label=_label(graph, chain, shared),
        rules=tuple(rule.name for rule in graph.rules),
        columns=tuple(dict.fromkeys([*tests, *(key for keys in shared.values() for key in keys)])),
    )


def _default(setting: str) -> object:
    """What a run writes down for a setting that a rule leaves out, where that is not nothing."""
    return Rule.model_fields[setting].default


def _label(graph: Map, chain: str, shared: Mapping[int, Sequence[str]]) -> str:
    """SQL for the label of the node that a charge begins at: what `Map.label` calls it."""
    words = [_answer(name) for name in graph.columns]
    for number, keys in shared.items():
        said = ", ".join(_word(key, _text(key)) for key in keys)
        words.append(
            f"CASE WHEN string_split({chain}, ',')[-1] = '{number}' THEN concat_ws(', ', {said}) END"
        )
    words.append(f"CASE WHEN idle AND ({chain}) <> '' THEN {quote_text(IDLE_WORD)} END")
    for number, rule in enumerate(graph.rules):
        if graph.is_named(number):
            named = quote_text(word("rule", rule.name))
            words.append(f"CASE WHEN list_contains(string_split({chain}, ','), '{number}') THEN {named} END")
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
