"""What the label of a node says: the answers that put cost there, and a short name for it."""

import re
from collections.abc import Mapping, Sequence

from apportion.analytics.models import NONE
from apportion.ledger.schemas import FOCUS_KEPT

POOL_FIELDS = ("source", "currency", "cost_class", "billing_period", *FOCUS_KEPT)
RULE, AFTER = "rule", "after"
REST = "the rules that follow"
_WORD = re.compile(r'(?:^|, )(\w+)=("(?:[^"]|"")*"|[^,]*)')


def answers_of(label: str) -> dict[str, str]:
    """The answers in a label such as 'service=shared-db, environment=production', by name.

    `rule` names the rule that takes only some charges of these answers, `after` one that has taken its part.
    """
    return {
        name: value[1:-1].replace('""', '"') if value.startswith('"') else value
        for name, value in _WORD.findall(label)
    }


def short_name(label: str, dimensions: Sequence[str]) -> str:
    """What a sentence calls a node: its service where it has one, else the first of its answers."""
    return _name(answers_of(label), dimensions) or label


def target_name(label: str, kind: str, rule: str, dimensions: Sequence[str]) -> str:
    """What a sentence calls where a step leads: the target, a node, or what the rule leaves to others."""
    if kind == "idle":
        return "idle"
    if kind == "unallocated":
        return "unallocated"
    if kind != "node":
        return label
    if answers_of(label).get(AFTER) == rule:
        return REST
    return short_name(label, dimensions)


def _name(answers: Mapping[str, str], dimensions: Sequence[str]) -> str:
    wanted = ("service", *dimensions, RULE, *reversed(POOL_FIELDS))
    return next((answers[name] for name in wanted if answers.get(name, NONE) != NONE), "")
