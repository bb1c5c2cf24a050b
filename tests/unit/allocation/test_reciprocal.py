"""Departments that serve each other: direct, step-down and reciprocal allocation as textbooks print them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from books import Books, charge

DAY = "2026-09-01"
UNIT = Decimal("0.000000000001")  # of money
SHARE = Fraction(1, 10**18)  # the smallest, where several steps make it


@dataclass(frozen=True)
class Company:
    """Overhead by department, and how much each department used of the services of those that serve."""

    overhead: Mapping[str, str]
    used: Mapping[str, Mapping[str, int]]

    @property
    def operating(self) -> list[str]:
        return [name for name in self.overhead if name not in self.used]

    def fill(self, books: Books) -> None:
        books.bill(charge(cost, DAY, department=name) for name, cost in self.overhead.items())
        for service, by_user in self.used.items():
            rows = [(DAY, hours, {"department": user}) for user, hours in by_user.items()]
            books.usage(rows, measure=measure(service))

    def rules(self, users: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """The workspace's rules where each service department goes to those of `users` alone."""
        serving = [
            {
                "name": service,
                "match": {"department": service},
                "method": "proportional",
                "measure": measure(service),
                "where": {"department": list(users[service])},
                "to": "department",
            }
            for service in self.used
        ]
        operating = [
            {"name": name, "match": {"department": name}, "method": "fixed", "shares": {name: "100 %"}}
            for name in self.operating
        ]
        return {
            "dimensions": {"department": [{"tag": "department"}], "operating": [{"tag": "operating"}]},
            "perspectives": {"overhead": {"to": "operating", "rules": [*serving, *operating]}},
        }

    def direct(self) -> dict[str, Any]:
        """To operating departments alone, as if nobody else had used anything."""
        return self.rules(dict.fromkeys(self.used, self.operating))

    def step_down(self) -> dict[str, Any]:
        """In order: a department whose cost has gone out takes no more."""
        services = list(self.used)
        later = {s: [*services[n + 1 :], *self.operating] for n, s in enumerate(services)}
        return self.rules(later)

    def reciprocal(self) -> dict[str, Any]:
        """To all who used it, whoever they are."""
        return self.rules({service: list(users) for service, users in self.used.items()})

    def solved(self, rules: Mapping[str, Any]) -> dict[str, Fraction]:
        """What each operating department bears, by simultaneous equations in fractions."""
        users = {r["name"]: r["where"]["department"] for r in _rules(rules) if "where" in r}
        totals = _totals(self, users)
        return {
            name: Fraction(self.overhead[name])
            + sum(totals[s] * _share(self.used[s], users[s], name) for s in self.used)
            for name in self.operating
        }


def measure(service: str) -> str:
    return f"hours_of_{service.replace('-', '_')}"


def to_the_cent(costs: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {name: round(cost, 2) for name, cost in costs.items()}


def _rules(rules: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rules["perspectives"]["overhead"]["rules"]
    return found


def _share(used: Mapping[str, int], users: Sequence[str], user: str) -> Fraction:
    return Fraction(used.get(user, 0) if user in users else 0, sum(used[u] for u in users if u in used))


def _totals(company: Company, users: Mapping[str, Sequence[str]]) -> dict[str, Fraction]:
    """What each service department costs with all that it takes of the others: T = D + T Q, by elimination."""
    names = list(company.used)
    rows = [
        [
            *(Fraction(int(a == b)) - _share(company.used[b], users[b], a) for b in names),
            Fraction(company.overhead[a]),
        ]
        for a in names
    ]
    for i, _ in enumerate(rows):
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for j, row in enumerate(rows):
            if j != i:
                rows[j] = [x - row[i] * y for x, y in zip(row, rows[i], strict=True)]
    return {name: row[-1] for name, row in zip(names, rows, strict=True)}


CASTLEFORD = Company(
    overhead={
        "plant-maintenance": "6300000",
        "information-systems": "1452150",
        "machining": "4000000",
        "assembly": "2000000",
    },
    used={
        "plant-maintenance": {"information-systems": 4000, "machining": 6000, "assembly": 10000},
        "information-systems": {"plant-maintenance": 500, "machining": 4000, "assembly": 500},
    },
)
"""C. T. Horngren, S. M. Datar, M. V. Rajan: Cost Accounting, A Managerial Emphasis, 14th edition (2012), chapter
15, Castleford Engineering: support hours and overhead, and the three methods (step-down: Exhibit 15-4, page 552).
"""
PRINTED = {
    "direct": {"machining": 7_653_300, "assembly": 6_098_850},
    "step_down": {"machining": 8_300_800, "assembly": 5_451_350},
    "reciprocal": {"machining": 8_187_025, "assembly": 5_565_125},
}
DELIVERY = Company(
    overhead={"administration": "1200", "maintenance": "2400", "two-day": "1500", "next-day": "4000"},
    used={
        "administration": {"maintenance": 100, "two-day": 100, "next-day": 400},
        "maintenance": {"administration": 1000, "two-day": 1000, "next-day": 3000},
    },
)
"""A delivery company: administration by hours worked, maintenance by square feet. Printed to the dollar, by steps
that were rounded, at https://www.coursehero.com/file/9099863/ (two-day 2,328, next-day 6,772).
"""


@pytest.mark.parametrize("method", PRINTED)
def test_the_three_methods_give_what_the_textbook_prints(books: Books, method: str) -> None:
    CASTLEFORD.fill(books)
    rules = getattr(CASTLEFORD, method)()
    allocate(books, CASTLEFORD, rules)
    borne = books.targets("overhead")
    assert to_the_cent(borne) == PRINTED[method]
    assert sum(borne.values()) == 13_752_150
    for name, cost in CASTLEFORD.solved(rules).items():
        assert abs(Fraction(borne[name]) - cost) <= 13_752_150 * SHARE


@pytest.mark.parametrize("method", PRINTED)
def test_the_equations_solved_in_fractions_say_the_same(method: str) -> None:
    rules = getattr(CASTLEFORD, method)()
    assert CASTLEFORD.solved(rules) == PRINTED[method]


def test_complete_reciprocated_costs_are_the_textbooks() -> None:
    users = {service: list(by_user) for service, by_user in CASTLEFORD.used.items()}
    assert _totals(CASTLEFORD, users) == {"plant-maintenance": 6_576_750, "information-systems": 2_767_500}


def test_two_departments_of_a_delivery_company_as_printed_to_the_dollar(books: Books) -> None:
    DELIVERY.fill(books)
    allocate(books, DELIVERY, DELIVERY.reciprocal())
    borne = books.targets("overhead")
    assert abs(borne["two-day"] - 2328) < 1
    assert abs(borne["next-day"] - 6772) < 1
    for name, cost in DELIVERY.solved(DELIVERY.reciprocal()).items():
        assert abs(Fraction(borne[name]) - cost) < Fraction(UNIT)


def test_the_order_of_the_rules_changes_step_down_and_nothing_else(books: Books) -> None:
    CASTLEFORD.fill(books)
    turned = Company(CASTLEFORD.overhead, dict(reversed(CASTLEFORD.used.items())))
    for method, costs in PRINTED.items():
        allocate(books, turned, getattr(turned, method)())
        assert (to_the_cent(books.targets("overhead")) == costs) == (method != "step_down")


def test_each_step_names_its_measure_and_its_share(books: Books) -> None:
    CASTLEFORD.fill(books)
    allocate(books, CASTLEFORD, CASTLEFORD.reciprocal())
    rows = books.sql(
        "SELECT target, quantity, total FROM steps WHERE rule = 'plant-maintenance' ORDER BY quantity"
    )
    assert rows == [
        ("department=information-systems", 4000, 20000),
        ("department=machining", 6000, 20000),
        ("department=assembly", 10000, 20000),
    ]


def allocate(books: Books, company: Company, rules: Mapping[str, Any]) -> Any:
    """Run the allocation; each measure says which department used how much."""
    return books.allocate(rules, {measure(service): ["department"] for service in company.used})
