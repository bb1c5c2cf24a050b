"""Services that serve each other: the books' solution, put back into the equations that it solves."""

from fractions import Fraction

import pytest

from apportion.demo.reciprocal import final_shares


def test_two_services_that_take_of_each_other() -> None:
    shares = final_shares({"a": {"b": 1, "x": 3}, "b": {"a": 1, "x": 1, "y": 2}})
    assert shares["a"] == {"x": Fraction(13, 15), "y": Fraction(2, 15)}
    assert shares["b"] == {"x": Fraction(7, 15), "y": Fraction(8, 15)}


def test_the_solution_put_back_gives_itself() -> None:
    taken = {
        "a": {"a": 2, "b": 5, "c": 1, "x": 7},
        "b": {"a": 3, "c": 4, "y": 1},
        "c": {"b": 11, "x": 2, "y": 3},
    }
    shares = final_shares(taken)
    for service, by_taker in taken.items():
        whole = sum(by_taker.values())
        for target in ("x", "y"):
            onward = [
                Fraction(n, whole) * (shares[t].get(target, 0) if t in taken else int(t == target))
                for t, n in by_taker.items()
            ]
            assert shares[service][target] == sum(onward)
        assert sum(shares[service].values()) == 1


def test_services_that_serve_nobody_else_cannot_be_solved() -> None:
    with pytest.raises(ZeroDivisionError):
        final_shares({"a": {"b": 1}, "b": {"a": 1}})
