"""Refuses rules that can never match: they contradict themselves, or the rules before take all."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product

from apportion.allocation.match import Test, holds, names, tests
from apportion.allocation.models import Rule
from apportion.allocation.nodes import ABOUT_IDLE, as_charged_only, goes_on
from apportion.allocation.patterns import NONE
from apportion.core.errors import BadInput

OTHER = "\x00"
"""A text that no pattern names."""
TRIALS = 20_000
Values = Mapping[str, str | bool]


def check_reachable(perspective: str, rules: Sequence[Rule]) -> None:
    """Raises BadInput for the first rule that no cost could ever come to, whatever the bill.

    It looks for an example of cost that the rule takes. Examples try each value that the rules name, texts
    that fit their patterns, no answer and another one; each range is tried as met and as not met. Rules with
    more combinations than can be tried pass.
    """
    for number, rule in enumerate(rules):
        before = [r for r in rules[:number] if _takes_all(r, rule)]
        if (takers := _never(rule, before)) is None:
            continue
        named = ", ".join(f"'{r.name}'" for r in takers)
        why = f"{named} takes all of it before" if takers else "its tests contradict each other"
        raise BadInput(
            f"rule '{rule.name}' can never match: {why}",
            where=f"perspectives.{perspective}",
            hint="Put the narrower rule first, or remove one." if takers else "Correct its match.",
        )


def _takes_all(earlier: Rule, rule: Rule) -> bool:
    """Whether an earlier rule leaves nothing of what it matches, wherever that cost comes from."""
    if goes_on(earlier) or as_charged_only(earlier):
        return False
    idle = set(names(rule.match)) & set(ABOUT_IDLE)
    return not idle or bool(set(names(earlier.match)) & set(ABOUT_IDLE))


def _never(rule: Rule, before: Sequence[Rule]) -> list[Rule] | None:
    """The rules that take all `rule` matches, none where it matches nothing; None where it is reached."""
    takers: dict[str, Rule] = {}
    count = 0
    for values in islice(_examples(rule, before), TRIALS):
        count += 1
        if not _matches(rule, values):
            continue
        taker = next((r for r in before if _matches(r, values)), None)
        if taker is None:
            return None
        takers[taker.name] = taker
    return list(takers.values()) if count < TRIALS else None


def _matches(rule: Rule, values: Values) -> bool:
    def holds_here(test: Test) -> bool:
        value = values[test.name if test.patterns else str(test)]
        return value if isinstance(value, bool) else test.holds(value)

    return holds(rule.match, holds_here)


def _examples(rule: Rule, before: Sequence[Rule]) -> Iterator[Values]:
    """Combinations of values, those that the rule itself names first."""
    choices: dict[str, list[str | bool]] = {}
    for test in (t for r in (rule, *before) for t in tests(r.match)):
        known = choices.setdefault(test.name if test.patterns else str(test), [])
        known += _texts(test) if test.patterns else [True, False]
    for name, known in choices.items():
        if not isinstance(known[0], bool):
            patterns = _patterns(name, rule, before)
            both = (f"{a.split('*')[0]}{OTHER}{b.split('*')[-1]}" for a in patterns for b in patterns)
            known.extend([*islice(both, TRIALS), OTHER, NONE])
    distinct = [list(dict.fromkeys(known)) for known in choices.values()]
    return (dict(zip(choices, values, strict=True)) for values in product(*distinct))


def _texts(test: Test) -> list[str]:
    return [text for p in test.patterns for text in (p.replace("*", OTHER), p.replace("*", ""))]


def _patterns(name: str, rule: Rule, before: Sequence[Rule]) -> list[str]:
    found = (t for r in (rule, *before) for t in tests(r.match) if t.name == name)
    return list(dict.fromkeys(p for t in found for p in t.patterns if "*" in p and p != "*"))
