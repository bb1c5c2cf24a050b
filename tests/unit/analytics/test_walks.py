"""The ways through a graph of nodes, against the sum over all of them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.analytics.explain.labels import answers_of, short_name
from apportion.analytics.explain.walks import Edge, heaviest

HALF = Fraction(1, 2)


def edge(
    node: str, target: str, share: Fraction, evidence: str = "measured", *, arrives: bool = False
) -> Edge:
    return Edge(node, target, arrives, "rule", evidence, share)


def test_all_ways_of_a_diamond_are_found_and_nothing_is_left() -> None:
    walks = heaviest(
        [
            edge("top", "left", Fraction(2, 3)),
            edge("top", "right", Fraction(1, 3)),
            edge("left", "acme", HALF, arrives=True),
            edge("right", "acme", Fraction(1), arrives=True),
        ],
        "top",
    )
    assert [(walk.edges[0].target, walk.share) for walk in walks.shown] == [
        ("left", Fraction(1, 3)),
        ("right", Fraction(1, 3)),
    ]
    assert walks.rest == {}


def test_the_heaviest_come_first_and_the_others_are_weighed_together() -> None:
    ways = [edge("top", f"n{i}", Fraction(i, 45)) for i in range(1, 10)]
    ways += [edge(f"n{i}", "acme", HALF, arrives=True) for i in range(1, 10)]
    walks = heaviest(ways, "top", most=3)
    assert [walk.share for walk in walks.shown] == [Fraction(9, 90), Fraction(8, 90), Fraction(7, 90)]
    assert abs(walks.share - HALF) < Fraction(1, 10**50)


def test_one_assumption_makes_a_way_assumed() -> None:
    ways = [
        edge("top", "left", HALF, "assumed"),
        edge("top", "acme", HALF, "direct", arrives=True),
        edge("left", "acme", Fraction(1), "direct", arrives=True),
    ]
    assert {walk.evidence: walk.share for walk in heaviest(ways, "top").shown} == {
        "assumed": HALF,
        "direct": HALF,
    }


def test_a_target_that_cannot_be_reached_has_no_ways() -> None:
    assert heaviest([edge("top", "left", Fraction(1))], "top").shown == []


@pytest.mark.parametrize("back", [Fraction(1, 10), Fraction(9, 10), Fraction(999, 1000)])
def test_the_rounds_of_a_cycle_and_the_rest_make_the_whole(back: Fraction) -> None:
    ways = [edge("a", "b", Fraction(1)), edge("b", "a", back), edge("b", "acme", 1 - back, arrives=True)]
    walks = heaviest(ways, "a")
    assert walks.shown[0].share == 1 - back
    assert walks.shown[1].share == (1 - back) * back
    assert abs(walks.share - 1) < Fraction(1, 10**50)


@given(
    st.lists(st.lists(st.integers(0, 5), min_size=5, max_size=5), min_size=4, max_size=4), st.integers(1, 9)
)
def test_shown_and_left_are_what_solving_the_graph_gives(weights: list[list[int]], most: int) -> None:
    """Four nodes in any order with each other, and a way out of each to acme."""
    shares = [[Fraction(w, sum(row) + 1) for w in row[:4]] for row in weights]
    out = [Fraction(row[4] + 1, sum(row) + 1) for row in weights]
    ways = [edge(str(i), str(j), shares[i][j]) for i in range(4) for j in range(4) if shares[i][j]]
    ways += [edge(str(i), "acme", share * HALF, arrives=True) for i, share in enumerate(out)]
    walks = heaviest(ways, "0", most)
    assert len(walks.shown) <= most
    assert abs(walks.share - HALF) < Fraction(1, 10**50)  # half of all that leaves, whatever the ways
    assert [w.share for w in walks.shown] == sorted((w.share for w in walks.shown), reverse=True)


def test_a_label_is_read_whatever_is_in_its_values() -> None:
    label = 'service="a, b=""c""", environment=production, rule=big, after=first'
    assert answers_of(label) == {
        "service": 'a, b="c"', "environment": "production", "rule": "big", "after": "first",
    }  # fmt: skip
    assert short_name(label, ["team", "service"]) == 'a, b="c"'
    assert short_name("(none)", ["team"]) == "(none)"
