"""Which customer a name stands for."""

import pytest

from apportion.core.nearest import nearest
from apportion.credits.customers import Customers

KNOWN = Customers(
    aliases={"t-17": "alder-bikes", "cedar": "birch"},
    names={
        "alder-bikes": "Alder Bikes",
        "birch": "Birch Books",
        "cedar": "Cedar",
        "dune": "Dune Ltd",
        "dune-us": "Dune Ltd",
        "ELM": "Elm Inc",
        "elm": "elm",
    },
)


@pytest.mark.parametrize(
    ("name", "customer"),
    [
        ("alder-bikes", "alder-bikes"),
        ("ALDER-BIKES", "alder-bikes"),
        ("Alder bikes", "alder-bikes"),
        (" T-17 ", "alder-bikes"),
        ("cedar", "cedar"),
        ("Cedar", "birch"),
        ("dune ltd", "dune ltd"),
        ("ELM", "ELM"),
        ("elm", "elm"),
        ("Elm", "Elm"),
        ("nobody", "nobody"),
        ("", ""),
    ],
)
def test_an_id_goes_first_then_an_alias_then_what_only_one_is_called(name: str, customer: str) -> None:
    assert KNOWN.means(name) == customer


def test_the_nearest_name_is_one_that_is_close() -> None:
    assert nearest("Alder Bike", KNOWN.names) == "alder-bikes"
    assert nearest("brich books", KNOWN.names) == "birch"
    assert nearest("zedoary", KNOWN.names) == ""
