"""What differs in the rules of two runs, by name and setting."""

import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from apportion.allocation.models import Rule
from apportion.analytics.changes.models import RuleChange, Setting, change_of
from apportion.ledger import RunRecord

STEERING = ("dimensions", "cost_class", "measures")
"""Parts of apportion.yaml, beside the rules, that decide who pays."""
OF_A_MEASURE = ("dimensions",)
READ_OTHERWISE = "dimensions"
Rules = Mapping[str, Any]


def rule_changes(before: RunRecord, after: RunRecord) -> list[RuleChange]:
    """Rules of all perspectives that came, went, or have other settings or another place in the order."""
    names = [*before.perspectives, *(n for n in after.perspectives if n not in before.perspectives)]
    return [change for name in names for change in _of_perspective(name, before, after)]


def _of_perspective(name: str, before: RunRecord, after: RunRecord) -> list[RuleChange]:
    old, new = (_rules(run.perspectives.get(name, {})) for run in (before, after))
    shifted = _shifted([n for n in old if n in new], [n for n in new if n in old])
    places = {n: i + 1 for i, n in enumerate(old)}, {n: i + 1 for i, n in enumerate(new)}
    found = []
    for rule in [*new, *(n for n in old if n not in new)]:
        settings = _differences(old.get(rule, {}), new.get(rule, {}))
        if rule in shifted:
            settings.append(
                Setting(setting="position", before=str(places[0][rule]), after=str(places[1][rule]))
            )
        change = change_of(rule, old, new)
        if settings:
            found.append(RuleChange(perspective=name, rule=rule, change=change, settings=settings))
    return found


def _rules(perspective: Rules) -> dict[str, dict[str, Any]]:
    return {rule["name"]: settings_of(rule) for rule in perspective.get("rules", [])}


def settings_of(rule: Rules) -> dict[str, Any]:
    """The settings of a rule that say something: not its name, nor what is so by default."""
    defaults = {name: field.default for name, field in Rule.model_fields.items()}
    return {k: v for k, v in rule.items() if k != "name" and v != defaults.get(k)}


def _shifted(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """The fewest names that must change places to get from one order of the same names to the other."""
    places = [old.index(name) for name in new]
    ends: list[int] = []
    lengths = []
    for place in places:  # the longest run of rising places stays where it is
        at = bisect_left(ends, place)
        ends[at : at + 1] = [place]
        lengths.append(at + 1)
    left, kept = len(ends), set()
    for name, length in zip(reversed(new), reversed(lengths), strict=True):
        if length == left:
            kept.add(name)
            left -= 1
    return set(new) - kept


def setting_changes(before: RunRecord, after: RunRecord) -> list[Setting]:
    """What else decides who pays and differs: dimensions, cost classes, measures, metric, time zone."""
    old, new = _steering(before), _steering(after)
    found = _differences(old, new)
    if before.answers != after.answers and not any(s.setting.startswith(STEERING[:2]) for s in found):
        found.append(
            Setting(
                setting=READ_OTHERWISE,
                before="as they read lookup files and tags then",
                after="as they read lookup files and tags now",
            )
        )
    return found


def _steering(run: RunRecord) -> dict[str, Any]:
    text = yaml.safe_load(run.rules) if run.rules else {}
    content = text if isinstance(text, dict) else {}
    found: dict[str, Any] = {"reporting.metric": run.metric, "reporting.time_zone": run.time_zone}
    for part in STEERING:
        given = content.get(part) or {}
        if not isinstance(given, dict):
            found[part] = given
            continue
        for name, value in given.items():
            shown = {k: value.get(k) for k in OF_A_MEASURE} if part == "measures" else value
            found[f"{part}.{name}"] = shown
    for name, perspective in run.perspectives.items():
        found[f"perspectives.{name}.to"] = perspective.get("to")
    return found


def _differences(old: Rules, new: Rules) -> list[Setting]:
    names = [*new, *(name for name in old if name not in new)]
    return [
        Setting(setting=name, before=_text(old.get(name)), after=_text(new.get(name)))
        for name in names
        if old.get(name) != new.get(name)
    ]


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
