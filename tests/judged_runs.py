"""Runs over drawn bills, judged: nothing lost, every step whole, every amount what the steps say."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from apportion.allocation import Inputs, Rules, compute
from apportion.core.errors import Refused
from apportion.core.money import to_units
from apportion.engine import connect
from books import Books

METRICS = {"BilledCost": "billed", "EffectiveCost": "effective"}
Rows = list[tuple[Any, ...]]
End = tuple[str, str]


class Run(NamedTuple):
    """All rows of a run's results, ordered."""

    results: Rows
    steps: Rows
    reconciliation: Rows


def run(
    books: Books, rules: Mapping[str, Any], measures: Mapping[str, Sequence[str]], threads: int = 1
) -> Run:
    """Compute, without the commit. A refusal is judged: does nothing leave the circle that it names?"""
    con = connect(threads=threads)
    try:
        compute(
            books.ledger, con, Inputs(Rules.model_validate(rules), measures, books.root), books.tag_keys()
        )
        return Run(*(con.execute(f"FROM {t} ORDER BY ALL").fetchall() for t in Run._fields))
    except Refused as why:
        day, members = why.message.split()[1], why.message.split("nothing leaves them: ")[1].split(" → ")
        out = (
            "SELECT * FROM passes AS p JOIN nodes AS n USING (node) LEFT JOIN nodes AS m ON m.node = p.next "
            "WHERE p.day = $1 AND n.label IN $2 AND coalesce(m.label, '') NOT IN $2"
        )
        assert con.execute(out, [day, members]).fetchall() == []
        raise
    finally:
        con.close()


def judge_sums(found: Run, bill: Sequence[Mapping[str, Any]], perspectives: Sequence[str]) -> None:
    """In = out per source, billing period, currency and metric, in every perspective, to the last digit."""
    came: dict[tuple[str, ...], int] = defaultdict(int)
    for row in bill:
        for perspective in perspectives:
            for metric in METRICS:
                key = (perspective, row["x_Source"], row["x_BillingPeriod"], row["BillingCurrency"], metric)
                came[key] += to_units(row[metric])
    went: dict[tuple[str, ...], int] = defaultdict(int)
    for row in found.results:
        for metric, amount in zip(METRICS, row[-2:], strict=True):
            went[row[0], row[2], row[3], row[4], metric] += amount
    assert went == came
    assert {tuple(line[:5]): to_units(line[5]) for line in found.reconciliation} == came
    assert all(line[9] == 0 for line in found.reconciliation)


def judge_steps(found: Run) -> None:
    """What a node passes on adds up to the whole, and each amount is its pool's by the steps, but for units."""
    days: dict[tuple[Any, ...], dict[str, dict[End, Fraction]]] = defaultdict(lambda: defaultdict(dict))
    wholes: dict[tuple[Any, ...], int] = {}
    for perspective, _, day, node, _, _, _, kind, target, _, _, _, _, _, _, _, weight, whole in found.steps:
        assert 0 <= weight <= whole
        assert wholes.setdefault((perspective, day, node), whole) == whole
        shares = days[perspective, day][node]
        shares[kind, target] = shares.get((kind, target), Fraction(0)) + Fraction(weight, whole)
    for nodes in days.values():
        assert all(sum(shares.values()) == 1 for shares in nodes.values())
    ends = {key: _ends(nodes) for key, nodes in days.items()}
    pools: dict[tuple[Any, ...], dict[End, list[int]]] = defaultdict(dict)
    for row in found.results:
        *origin, kind, target, _, _, node, _, billed, effective = row
        amounts = pools[(*origin, node)].setdefault((kind, target), [0, 0])
        amounts[0] += billed
        amounts[1] += effective
    for (perspective, day, *_, node), targets in pools.items():
        if node:
            _judge_pool(ends[perspective, day][node], targets)


def _judge_pool(ends: Mapping[End, Fraction], targets: Mapping[End, list[int]]) -> None:
    for metric in (0, 1):
        whole = sum(amounts[metric] for amounts in targets.values())
        size = sum(abs(amounts[metric]) for amounts in targets.values())
        for end in {*ends, *targets}:
            exact = whole * ends.get(end, Fraction(0))
            got = targets.get(end, [0, 0])[metric]
            assert abs(got - exact) <= 8 + 1000 * size // 10**18, (end, got, float(exact))


def _ends(nodes: Mapping[str, Mapping[End, Fraction]]) -> dict[str, dict[End, Fraction]]:
    """Where cost at each node ends, by elimination of one node after the other."""
    left = {n: dict(shares) for n, shares in nodes.items()}
    for gone in nodes:
        itself = left[gone].pop(("node", gone), Fraction(0))
        onward = {end: share / (1 - itself) for end, share in left[gone].items()}
        left[gone] = onward
        for shares in left.values():
            part = shares.pop(("node", gone), Fraction(0))
            if part:
                for end, share in onward.items():
                    shares[end] = shares.get(end, Fraction(0)) + part * share
    return left
