"""Where rules meet their limits: names that read alike, amounts and quantities too large, what means nothing."""

from decimal import Decimal as D
from typing import Any

import pytest

from apportion.allocation.models import Perspective, Rule
from apportion.allocation.reachable import check_reachable
from apportion.core.errors import BadInput, Refused
from books import Books, charge
from rules_by_customer import DAY, DIRECT, by, by_customer, even, use


def test_cost_that_an_amount_is_taken_from_stays_apart_from_cost_that_was_moved_there(books: Books) -> None:
    """The day's part of the fee, 1, is taken of the 9 that db was charged, not of the 5 that platform adds."""
    moved = {
        "name": "platform",
        "match": {"team": "platform"},
        "method": "fixed",
        "to": "service",
        "shares": {"db": 100},
    }
    fee = {"name": "fee", "match": {"service": "db"}, "method": "fixed", "amounts": {"acme": 30}}
    books.bill([charge("9", service="db"), charge("5", team="platform")])
    books.allocate(by_customer(moved, fee, even(service="db")))
    nodes = "SELECT node, sum(weight) = any_value(whole) FROM steps GROUP BY ALL ORDER BY ALL"
    assert books.sql(nodes) == [
        ("service=db", True),
        ("service=db, after=fee", True),
        ("service=db, rule=fee", True),
        ("team=platform", True),
    ]
    assert books.targets() == {"acme": D("7.5"), "bolt": D("6.5")}


def test_what_is_left_of_an_unused_commitment_is_idle(books: Books) -> None:
    half = {"name": "half", "match": {"any": [{"CommitmentDiscountStatus": "Unused"}, {"CapacityReservationStatus": "*"}]},
            "method": "fixed", "shares": {"acme": "50%"}}  # fmt: skip
    unused = charge("8", service="db", CommitmentDiscountStatus="Unused")
    books.bill([unused, charge("2", service="db", CapacityReservationStatus="Used")])
    books.allocate(by_customer(half, even(service="db")))
    assert books.targets() == {"acme": D("5.5"), "bolt": D("0.5"), "(idle)": D(4)}
    starts = books.sql("SELECT DISTINCT node FROM allocations ORDER BY ALL")
    assert starts == [("service=db, idle=true, rule=half",), ("service=db, rule=half",)]


def test_no_two_nodes_have_the_same_name(books: Books) -> None:
    books.bill(
        [charge("1", service="a, team=b"), charge("2", service="a", team="b"), charge("3", service='"a", b')]
    )
    books.allocate(by_customer(even(service="*", team="*"), even("other", service="*")))
    starts = books.sql("SELECT node, sum(EffectiveCost) FROM allocations GROUP BY ALL ORDER BY ALL")
    assert starts == [
        ('service="""a"", b"', D(3)),
        ('service="a, team=b"', D(1)),
        ("team=b, service=a", D(2)),
    ]


def test_an_amount_comes_off_the_first_rule_that_takes_the_cost_alone(books: Books) -> None:
    """Both contracts are 30 a month; bolt's comes off the 100 of platform's own, not off what acme's leaves of db."""
    db = {"name": "db", "match": {"service": "db"}, "method": "fixed", "amounts": {"acme": 30}}
    platform = {"name": "platform", "match": {"team": "platform"}, "method": "fixed", "amounts": {"bolt": 30}}
    days = [charge("0", day=f"2026-09-{d:02}") for d in range(2, 31)]
    books.bill([charge("100", team="platform"), charge("100", team="platform", service="db"), *days])
    books.allocate(by_customer(db, platform))
    assert books.targets() == {"acme": D(30), "bolt": D(30), "(unallocated)": D(140)}


def test_hundreds_of_rules_with_patterns_are_checked_in_a_moment() -> None:
    rules = [even(f"r{n}", service=f"s{n}", team=["a*", "*b"]) for n in range(300)]
    check_reachable("customer", Perspective.model_validate({"to": "customer", "rules": rules}).rules)


def test_tests_of_a_column_that_read_alike_are_told_apart(books: Books) -> None:
    books.bill(
        [charge("1", ServiceName="s3"), charge("2", ServiceName="S3"), charge("4", ServiceName="a, b")]
    )
    rules = [
        {"name": n, "match": {"ServiceName": test}, "method": "fixed", "shares": {n: 100}}
        for n, test in (("small", "s3"), ("large", "S3"), ("listed", ["a", "b"]), ("one", "a, b"))
    ]
    books.allocate(by_customer(*rules))
    assert books.targets() == {"small": D(1), "large": D(2), "one": D(4)}


def test_tax_follows_cost_in_its_own_currency(books: Books) -> None:
    tax = {"name": "tax", "match": {"ChargeCategory": "Tax"}, "method": "follow", "by": ["SubAccountId"]}
    books.bill(
        [
            charge("2", customer="acme"),
            charge("100", customer="bolt", BillingCurrency="EUR"),
            charge("1", ChargeCategory="Tax"),
            charge("5", ChargeCategory="Tax", BillingCurrency="GBP"),
        ]
    )
    books.allocate(by_customer(tax, DIRECT))
    assert books.targets() == {"acme": D(3), "bolt": D(100), "(unallocated)": D(5)}


def test_a_divided_credit_counts_in_what_is_attributed_as_one_that_names_its_customer_does(
    books: Books,
) -> None:
    """acme has 10 − 4, bolt 3: overhead goes 2 to 1."""
    overhead = {
        "name": "overhead",
        "match": {"team": "finance"},
        "method": "proportional",
        "measure": "attributed",
    }
    credit = {"name": "credit", "match": {"service": "db"}, "method": "fixed", "shares": {"acme": 100}}
    books.bill(
        [
            charge("10", customer="acme"),
            charge("3", customer="bolt"),
            charge("-4", service="db"),
            charge("9", team="finance"),
        ]
    )
    books.allocate(by_customer(overhead, DIRECT, credit))
    assert books.targets() == {"acme": D(12), "bolt": D(6)}


def test_a_customer_may_be_called_as_the_rest_is(books: Books) -> None:
    books.bill([charge("9", service="db")])
    books.usage(use((DAY, "(rest)", "1"), (DAY, "bolt", "2")))
    books.allocate(by_customer(by("requests")))
    assert books.targets() == {"(rest)": D(3), "bolt": D(6)}
    with pytest.raises(ValueError, match=r"'\(rest\)' is no target"):
        Rule.model_validate({"name": "r", "match": {"team": "a"}, "method": "fixed", "shares": {"(rest)": 1}})


def test_a_share_too_small_to_count_is_no_way_out_of_a_circle(books: Books) -> None:
    """Of 10¹⁸ parts, x would get less than one: db has but itself, and is refused as a circle."""
    books.bill([charge("1", service="db")])
    calls = [("db", "db", "100000"), ("db", "x", "0.000000000001")]
    books.usage([(DAY, q, {"from": a, "service": b}) for a, b, q in calls], "calls")
    books.usage([(DAY, "1", {"from": "db", "service": "db"})], "more")
    drivers = [
        {"measure": "calls", "weight": "0.000001", "where": {"from": "db"}},
        {"measure": "more", "weight": "99.999999"},
    ]
    rule = {
        "name": "mix",
        "match": {"service": "db"},
        "method": "proportional",
        "measures": drivers,
        "to": "service",
    }
    with pytest.raises(Refused, match="nothing leaves them: service=db"):
        books.allocate(by_customer(rule), {m: ["from", "service"] for m in ("calls", "more")})


@pytest.mark.parametrize(
    "most", ["99999999999999", "123456789012345678", "19999999999999999999999999.999999999999"]
)
def test_quantities_may_be_as_large_as_usage_can_be(books: Books, most: str) -> None:
    books.bill([charge("9", service="db")])
    books.usage(use((DAY, "acme", most), (DAY, "bolt", most), (DAY, "crux", most)))
    books.allocate(by_customer(by("requests")))
    assert books.targets() == {"acme": D(3), "bolt": D(3), "crux": D(3)}


def test_quantities_that_cannot_be_added_up_are_named(books: Books) -> None:
    books.bill([charge("9", service="db")])
    books.usage(use(*((DAY, c, "9" * 26) for c in ("acme", "bolt", "crux"))))
    with pytest.raises(BadInput, match="quantities of 'requests' are too large"):
        books.allocate(by_customer(by("requests")))


@pytest.mark.parametrize(
    ("match", "said"),
    [
        ({"BilledCost": {"from": "abc"}}, "'BilledCost from abc' means nothing: it takes numbers"),
        ({"BilledCost": {"below": float("nan")}}, "takes numbers"),
        ({"ChargePeriodStart": {"from": "yesterday"}}, "takes dates and times"),
        ({"Tags": {"from": "1"}}, "it has no order"),
        ({"service": {"from": 5, "below": 10}}, "'service from 5 below 10' means nothing: it is text"),
    ],
)
def test_a_range_that_means_nothing_is_refused(books: Books, match: dict[str, Any], said: str) -> None:
    books.bill([charge("1")])
    with pytest.raises(BadInput, match=said) as caught:
        books.allocate(by_customer(even(**match)))
    assert "rule 'even'" in caught.value.where


def test_no_answer_is_in_no_range(books: Books) -> None:
    moved = {
        "name": "moved",
        "match": {"team": "a"},
        "method": "even",
        "to": "service",
        "targets": ["db", "(none)"],
    }
    books.bill([charge("1"), charge("2", service="api"), charge("8", team="a", service="x")])
    books.allocate(by_customer(even(service={"below": "e"}), moved))
    assert books.targets() == {"(unallocated)": D(5), "acme": D(3), "bolt": D(3)}


def test_charges_without_a_day_are_named(books: Books) -> None:
    books.bill([{**charge("1"), "ChargePeriodStart": None}, charge("1")])
    with pytest.raises(BadInput, match="charges without ChargePeriodStart"):
        books.allocate(by_customer(DIRECT))


def test_usage_may_have_to_agree_with_cost_in_two_ways(books: Books) -> None:
    """Only what db itself says of db counts."""
    measures = {"requests": ["service", "provider", "customer"]}
    rows = [("db", "db", "acme", "1"), ("db", "api", "bolt", "2"), ("api", "db", "bolt", "2")]
    books.bill([charge("9", service="db")])
    books.usage([(DAY, q, {"service": s, "provider": p, "customer": c}) for s, p, c, q in rows])
    books.allocate(
        by_customer(by("requests", where={"service": "{service}", "provider": "{service}"})), measures
    )
    assert books.targets() == {"acme": D(9)}


def test_a_dimension_that_the_measure_lacks_is_named(books: Books) -> None:
    books.bill([charge("9", service="db")])
    with pytest.raises(BadInput, match="the measure 'requests' has no dimension 'sevice'"):
        books.allocate(by_customer(by("requests", where={"sevice": "db"})))


@pytest.mark.parametrize(
    ("cost", "until"), [("100000000000000", ""), ("60000000000000", ""), ("9000000000000000", "2026-09-03")]
)
def test_bills_too_large_to_divide_are_named(books: Books, cost: str, until: str) -> None:
    books.bill([charge(cost, until=until), charge(cost, until=until, service="db")])
    with pytest.raises(BadInput, match="comes to 100,000,000,000,000 or more"):
        books.allocate(by_customer(even(service="*")))
