"""Suggestions for a workspace: drafts from the bill, ranked, each tried by the engine in its turn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import duckdb

from apportion.allocation.models import Perspective, Rules
from apportion.allocation.reachable import check_reachable
from apportion.core.errors import BadInput, Refused
from apportion.core.money import percent
from apportion.suggestions import belonging, clues, sharing, standing_in, tagged
from apportion.suggestions.bill import Bill, names_in
from apportion.suggestions.drafting import Drafting
from apportion.suggestions.edits import applied, unified
from apportion.suggestions.found import Found
from apportion.suggestions.leftovers import missing_measures, offenders
from apportion.suggestions.models import Coverage, Draft, Proposal, Suggestions
from apportion.suggestions.open_cost import OpenCost
from apportion.suggestions.order import ranked
from apportion.suggestions.sharing import Unmeasured
from apportion.suggestions.state import Parse, State
from apportion.suggestions.trial import Outcome, Trials

DIMENSIONS = ("service", "environment", "customer", "team", "feature", "cost_center")
TARGETS = ("customer", "team")
Said = Callable[[str], None]
Outcomes = Mapping[str, Outcome]


@dataclass(frozen=True)
class Facts:
    """What suggestions are made from: the file, and a ledger's facts registered in `con`.

    `measures` are the dimensions of each, `locations` where each comes from, for its words.
    """

    text: str
    con: duckdb.DuckDBPyConnection
    columns: Mapping[str, str]
    tag_keys: Sequence[str]
    measures: Mapping[str, Sequence[str]]
    directory: Path
    currency: str
    locations: Mapping[str, str] = field(default_factory=dict)


def suggest(facts: Facts, parse: Parse, said: Said) -> Found:
    """Proposals in their order, what is left, and what it takes to accept them.

    Raises BadInput where there are no charges or the file cannot be used.
    """
    said("reading the bill")
    bill = Bill(
        facts.con,
        facts.columns,
        facts.tag_keys,
        facts.measures,
        facts.directory,
        facts.currency,
        facts.locations,
    )
    first = parse(facts.text)
    bill.read(first)
    begin = State.begin(facts.text, bill, parse)
    answered = _answers(begin)
    trials = Trials(bill, answered.rules)
    try:
        said("looking for rules")
        drafts, unmeasured = _rules(answered, trials)
        return _tried(begin, trials, [*answered.made, *drafts], unmeasured, said)
    finally:
        trials.close()


def _answers(state: State) -> State:
    """The state in which every answer that the bill suggests is accepted."""
    for source in (tagged.drafts, standing_in.drafts, clues.drafts):
        for dimension in DIMENSIONS:
            for draft in source(state, dimension):
                state = state.accept(draft)
    return state


def _rules(state: State, trials: Trials) -> tuple[list[Draft], list[Unmeasured]]:
    """Drafts of rules, and the services that no usage divides."""
    drafts: list[Draft] = []
    unmeasured: list[Unmeasured] = []
    if state.rules.perspectives:
        trials.run(state.rules)
    for to in TARGETS:
        if not state.has(to):
            continue
        name = state.perspective(to)
        drafting = Drafting(state, to, OpenCost(state, name, trials if name else None))
        drafts += sharing.named(drafting)
        if to == "customer":
            services: list[str] = []
            served: list[str] = []
            drafts += sharing.measured(drafting, services)
            drafts += sharing.research(drafting)
            drafts += sharing.served(drafting, served)
            unmeasured += sharing.unmeasured(drafting)
            drafts += sharing.platform(drafting, services, served)
        for kind in (belonging.belonging, belonging.unused, belonging.rest):
            drafts += kind(drafting)
    if not state.has("customer"):
        unmeasured += sharing.unmeasured(Drafting(state, "customer", OpenCost(state, None, None)))
    return drafts, unmeasured


def _tried(
    begin: State, trials: Trials, drafts: Sequence[Draft], unmeasured: Sequence[Unmeasured], said: Said
) -> Found:
    """Accept the drafts in the order of their dollars, and see what each does."""
    bill, text, rules = begin.bill, begin.text, begin.rules
    now = trials.run(rules)
    start = now
    numbers: dict[str, int] = {}
    proposals: list[Proposal] = []
    edits = {}
    needs = {}
    charged, notes = bill.charged(), _notes(bill)
    order = ranked(drafts)
    for place, draft in enumerate(order):
        said(draft.title)
        if any(key not in numbers for key in draft.needs):
            continue  # what it needs could not be written
        try:
            after = applied(text, draft.edits)
            made = begin.parse(after)
        except (BadInput, Refused) as why:
            notes.append(f"{draft.title}: {why.message} {why.hint}".strip())
            continue
        if not _all_reachable(made):
            continue  # the file's own rules take this cost, and know why they leave some
        try:
            then = {**now, **trials.run(made, _touched(rules, made))}
        except (BadInput, Refused):
            continue  # with the file's own rules it would run in a circle, or lack what they demand
        moves = {n: then[n].allocated - now.get(n, Outcome()).allocated for n in then}
        wanted = draft.reports or any(draft.key in later.needs for later in order[place + 1 :])
        if not any(moves.values()) and not wanted:
            continue  # what it would bring in, another has brought in before
        number = len(proposals) + 1
        numbers[draft.key] = number
        edits[number], needs[number] = draft.edits, tuple(numbers[k] for k in draft.needs)
        proposals.append(
            Proposal(
                number=number, title=draft.title, certainty=draft.certainty, evidence=list(draft.evidence),
                needs=list(needs[number]), moves=sum(moves.values(), Decimal(0)),
                moves_by={n: m for n, m in moves.items() if m},
                before=_coverage(now, charged, then), after=_coverage(then, charged, then),
                diff=unified(text, after),
            )
        )  # fmt: skip
        text, rules, now = after, made, then
    begin.bill.answer(rules)
    end = State(text, rules, bill, begin.parse)
    found = Suggestions(
        currency=bill.currency,
        charged=charged,
        before=_coverage(start, charged, now),
        after=_coverage(now, charged, now),
        proposals=proposals,
        missing_measures=missing_measures(unmeasured, charged),
        offenders=offenders(end, "team"),
        notes=notes,
    )
    return Found(found, begin.text, edits, needs)


def _all_reachable(rules: Rules) -> bool:
    try:
        for name, perspective in rules.perspectives.items():
            check_reachable(name, perspective.rules)
    except BadInput:
        return False
    return True


def _touched(before: Rules, after: Rules) -> list[str]:
    """The perspectives whose rules changed, or the answers that these look at."""
    changed = {d for d, answers in after.dimensions.items() if before.dimensions.get(d) != answers}
    return [
        name
        for name, perspective in after.perspectives.items()
        if before.perspectives.get(name) != perspective or changed & _looks_at(after, perspective)
    ]


def _looks_at(rules: Rules, perspective: Perspective) -> set[str]:
    """Names of everything that decides where a perspective puts cost."""
    ahead = [perspective.to]
    for rule in perspective.rules:
        ahead += [*names_in(rule.match), *(rule.where or {}), rule.to or perspective.to]
    found: set[str] = set()
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            answers = rules.dimensions.get(name, [])
            ahead += [n for a in answers for n in (a.column, a.key, a.dimension, *(a.when or {})) if n]
    return found


def _coverage(outcomes: Outcomes, charged: Decimal, names: Outcomes) -> list[Coverage]:
    """Coverage of the perspectives that there will be; one that is not there yet attributes nothing."""
    return [
        Coverage(
            perspective=name,
            attributed=outcomes.get(name, Outcome()).allocated,
            charged=charged,
            percent=percent(outcomes.get(name, Outcome()).allocated, charged),
        )
        for name in names
    ]


def _notes(bill: Bill) -> list[str]:
    found = []
    if bill.other_currencies:
        others = ", ".join(bill.other_currencies)
        found.append(f"Only charges in {bill.currency} were looked at; the bills also have {others}.")
    return found
