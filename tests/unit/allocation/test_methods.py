"""What rules can say: matches, mixtures, tiers, amounts, windows, charges that follow others; checked by hand."""

from decimal import Decimal as D
from typing import Any

import pytest

from apportion.core.errors import BadInput
from books import Books, charge
from rules_by_customer import DAY, DIRECT, by, by_customer, even, use


@pytest.mark.parametrize(
    ("match", "taken"),
    [
        ({"ServiceName": "Amazon S3"}, "1"),
        ({"ServiceName": "Amazon *"}, "5"),
        ({"any": [{"service": "db"}, {"ServiceName": "Amazon S3"}]}, "11"),
        ({"not": {"service": "*"}}, "105"),
        ({"all": [{"ServiceName": "*"}, {"not": {"ServiceName": ["Amazon S3"]}}]}, "14"),
        ({"BilledCost": {"from": 4, "below": 10}}, "4"),
        ({"BilledCost": {"from": "10"}}, "110"),
        ({"ChargePeriodStart": {"below": "2026-09-02"}}, "15"),
        ({"service": {"from": "d", "below": "e"}}, "10"),
        ({"source": "aws", "RegionId": "(none)"}, "15"),
    ],
)
def test_rules_match_dimensions_and_columns(books: Books, match: dict[str, Any], taken: str) -> None:
    books.bill(
        [
            charge("1", ServiceName="Amazon S3"),
            charge("4", ServiceName="Amazon EC2"),
            charge("10", ServiceName="Cloud SQL", service="db"),
            charge("100", day="2026-09-02", RegionId="eu-west-1"),
        ]
    )
    books.allocate(by_customer(even(**match)))
    unallocated = books.targets()["(unallocated)"]
    assert unallocated == 115 - D(taken)


def test_a_mixture_divides_each_part_by_its_own_measure(books: Books) -> None:
    """70 % by requests (1 to 3), 30 % by storage (all bolt's)."""
    books.bill([charge("100", service="db")])
    books.usage(use((DAY, "acme", "1"), (DAY, "bolt", "3")))
    books.usage(use((DAY, "bolt", "8")), "storage")
    drivers = [{"measure": "requests", "weight": 70}, {"measure": "storage", "weight": 30}]
    measures = {"requests": ["service", "customer"], "storage": ["service", "customer"]}
    rule = {"name": "mixed", "match": {"service": "db"}, "method": "proportional", "measures": drivers}
    books.allocate(by_customer(rule), measures)
    assert books.targets() == {"acme": D("17.5"), "bolt": D("82.5")}
    steps = books.sql("SELECT target, measure, quantity, total, weight / whole FROM steps ORDER BY ALL")
    assert steps == [
        ("acme", "requests", 1, 4, 0.175),
        ("bolt", "requests", 3, 4, 0.525),
        ("bolt", "storage", 8, 8, 0.3),
    ]


def test_a_part_of_a_mixture_without_use_stays_unallocated(books: Books) -> None:
    books.bill([charge("100", service="db")])
    books.usage(use((DAY, "acme", "1")))
    drivers = [{"measure": "requests", "weight": 70}, {"measure": "storage", "weight": 30}]
    measures = {"requests": ["service", "customer"], "storage": ["service", "customer"]}
    rule = {"name": "mixed", "match": {"service": "db"}, "method": "proportional", "measures": drivers}
    books.allocate(by_customer(rule), measures)
    assert books.targets() == {"acme": D(70), "(unallocated)": D(30)}


@pytest.mark.parametrize(("tiering", "acme", "bolt"), [("graduated", "60", "40"), ("volume", "50", "50")])
def test_tiers_count_use_by_its_size(books: Books, tiering: str, acme: str, bolt: str) -> None:
    """Above 10 units count half. acme's 20 count 10 + 5 by graduated tiers, 10 by volume; bolt's 10 count 10."""
    books.bill([charge("100", service="db")])
    books.usage(use((DAY, "acme", "20"), (DAY, "bolt", "10")))
    tiers = [{"up_to": 10, "weight": 1}, {"weight": "0.5"}]
    books.allocate(by_customer(by("requests", method="tiered", tiering=tiering, tiers=tiers)))
    assert books.targets() == {"acme": D(acme), "bolt": D(bolt)}


def test_use_of_several_days_smooths_a_peak(books: Books) -> None:
    """On the 3rd only bolt used it; over three days acme used as much."""
    books.bill([charge("100", day="2026-09-03", service="db")])
    rows = use(("2026-09-01", "acme", "2"), ("2026-09-02", "acme", "1"), ("2026-09-03", "bolt", "3"))
    books.usage([*rows, *use(("2026-08-31", "acme", "50"))])
    books.allocate(by_customer(by("requests", over={"days": 3})))
    assert books.targets() == {"acme": D(50), "bolt": D(50)}
    [(first, last)] = set(
        books.sql("SELECT CAST(basis_from AS VARCHAR), CAST(basis_to AS VARCHAR) FROM steps")
    )
    assert (first, last) == ("2026-09-01", "2026-09-03")


def test_use_of_the_month_counts_for_each_of_its_days(books: Books) -> None:
    books.bill([charge("100", service="db"), charge("8", day="2026-10-01", service="db")])
    books.usage(use(("2026-09-30", "acme", "3"), ("2026-09-02", "bolt", "1"), ("2026-10-31", "bolt", "1")))
    books.allocate(by_customer(by("requests", over="month")))
    assert books.targets() == {"acme": D(75), "bolt": D(33)}


def test_an_amount_of_a_month_is_taken_and_the_rest_goes_on(books: Books) -> None:
    """30 of the month's 120 to acme; what is left is divided evenly."""
    books.bill([charge("100", day="2026-09-01", service="db"), charge("20", day="2026-09-30", service="db")]
               + [charge("0", day=f"2026-09-{d:02}") for d in range(2, 30)])  # fmt: skip
    fee = {"name": "fee", "match": {"service": "db"}, "method": "fixed", "amounts": {"acme": 30}}
    books.allocate(by_customer(fee, even(service="db")))
    assert books.targets()["acme"] == D(75)
    assert books.targets()["bolt"] == D(45)


def test_an_amount_takes_no_more_than_there_is_and_its_part_of_an_unfinished_month(books: Books) -> None:
    """Three of thirty days are billed, so 3 of 30 are due; on the second rule's cost, all of 1 is taken."""
    books.bill(
        [charge("5", day=f"2026-09-0{d}", service="db") for d in (1, 2, 3)] + [charge("1", service="small")]
    )
    fees = [
        {"name": n, "match": {"service": s}, "method": "fixed", "amounts": {"acme": 30}}
        for n, s in (("fee", "db"), ("small fee", "small"))
    ]
    books.allocate(by_customer(*fees))
    assert books.targets() == {"acme": D(4), "(unallocated)": D(12)}


def test_one_rule_for_services_that_call_each_other(books: Books) -> None:
    """a is called by b 1 of 2 times and passes the rest to customers' db; b is called by a alone."""
    calls = [("a", "b", "1"), ("a", "db", "1"), ("b", "a", "1"), ("b", "db", "3")]
    books.bill([charge("7", service="a"), charge("14", service="b"), charge("1", service="db")])
    books.usage([(DAY, q, {"provider": p, "service": s}) for p, s, q in calls], "calls")
    books.usage(use((DAY, "acme", "1"), (DAY, "bolt", "1")))
    mesh = {"name": "mesh", "match": {"service": ["a", "b"]}, "method": "proportional", "measure": "calls",
            "where": {"provider": "{service}"}, "to": "service"}  # fmt: skip
    measures = {"requests": ["service", "customer"], "calls": ["provider", "service"]}
    books.allocate(by_customer(mesh, by("requests")), measures)
    assert books.targets() == {"acme": D(11), "bolt": D(11)}
    assert books.sql("SELECT DISTINCT keys['provider'] FROM steps WHERE node = 'service=b'") == [("b",)]
    assert books.sql("SELECT target, weight / whole FROM steps WHERE node = 'service=b' ORDER BY ALL") == [
        ("service=a", 0.25),
        ("service=db", 0.75),
    ]


def test_what_fixed_shares_leave_is_for_the_rules_that_follow(books: Books) -> None:
    deal = {"name": "deal", "match": {"service": "db"}, "method": "fixed", "shares": {"acme": "60%"}}
    books.bill([charge("100", service="db")])
    books.allocate(by_customer(deal, even(service="db")))
    assert books.targets() == {"acme": D(80), "bolt": D(20)}


def test_overhead_follows_what_the_other_rules_attribute(books: Books) -> None:
    """acme carries 10 of its own and half of 20, bolt the other half: overhead goes 2 to 1."""
    overhead = {
        "name": "overhead",
        "match": {"team": "finance"},
        "method": "proportional",
        "measure": "attributed",
    }
    books.bill([charge("10", customer="acme"), charge("20", service="db"), charge("9", team="finance")])
    books.usage(use((DAY, "acme", "1"), (DAY, "bolt", "1")))
    books.allocate(by_customer(overhead, DIRECT, by("requests")))
    assert books.targets() == {"acme": D(26), "bolt": D(13)}


def test_overhead_with_nothing_attributed_stays_unallocated(books: Books) -> None:
    overhead = {
        "name": "overhead",
        "match": {"team": "finance"},
        "method": "proportional",
        "measure": "attributed",
    }
    books.bill([charge("9", team="finance")])
    books.allocate(by_customer(overhead))
    assert books.targets() == {"(unallocated)": D(9)}


def test_tax_follows_what_it_belongs_to(books: Books) -> None:
    """Account 1 spent 30 on acme's own and 10 on db; its tax of 4 goes 3 to 1. Account 3 spent nothing itself."""
    tax = {"name": "tax", "match": {"ChargeCategory": "Tax"}, "method": "follow", "by": ["SubAccountId"]}
    books.bill(
        [
            charge("30", SubAccountId="1", customer="acme"),
            charge("10", day="2026-09-05", SubAccountId="1", service="db"),
            charge("60", SubAccountId="2", customer="bolt"),
            charge("4", day="2026-09-09", SubAccountId="1", ChargeCategory="Tax"),
            charge("10", day="2026-09-09", SubAccountId="3", ChargeCategory="Tax"),
            charge("7", day="2026-10-01", SubAccountId="1", ChargeCategory="Tax"),
        ]
    )
    books.usage(use(("2026-09-05", "bolt", "1"), ("2026-09-09", "bolt", "1")))
    books.allocate(by_customer(tax, DIRECT, by("requests")))
    # account 1: 3 to acme, 1 to bolt; account 3 follows the source's month: 3 to acme, 7 to bolt; October: nobody
    assert books.targets() == {"acme": D(36), "bolt": D(78), "(unallocated)": D(7)}


def test_a_credit_follows_its_account_and_takes_from_it(books: Books) -> None:
    credit = {
        "name": "credits",
        "match": {"ChargeCategory": "Credit"},
        "method": "follow",
        "by": ["SubAccountId"],
    }
    books.bill(
        [
            charge("30", SubAccountId="1", customer="acme"),
            charge("-3", SubAccountId="1", ChargeCategory="Credit"),
        ]
    )
    books.allocate(by_customer(credit, DIRECT))
    assert books.targets() == {"acme": D(27)}


def test_an_unused_commitment_goes_to_its_buyer_where_a_rule_says_so(books: Books) -> None:
    unused = charge("4", team="data", CommitmentDiscountStatus="Unused")
    books.bill([unused, charge("1", team="web")])
    rules = by_customer()
    owned = {"name": "owned", "match": {"team": "*"}, "method": "direct"}
    buyer = {
        "name": "bought",
        "match": {"CommitmentDiscountStatus": "Unused", "team": "*"},
        "method": "direct",
    }
    rules["perspectives"] = {
        "team": {"to": "team", "rules": [owned]},
        "buyer": {"to": "team", "rules": [buyer, owned]},
    }
    books.allocate(rules)
    assert books.targets("team") == {"(idle)": D(4), "web": D(1)}
    assert books.targets("buyer") == {"data": D(4), "web": D(1)}


def test_idle_of_a_cluster_is_visible_unless_a_rule_shares_it(books: Books) -> None:
    books.bill([charge("100", service="db")])
    books.usage(use((DAY, "acme", "30"), (DAY, "bolt", "10"), (DAY, "__idle__", "60")))
    books.allocate(by_customer(by("requests")))
    assert books.targets() == {"acme": D(30), "bolt": D(10), "(idle)": D(60)}
    assert books.sql("SELECT DISTINCT target_kind FROM allocations WHERE target = '(idle)'") == [("idle",)]
    books.allocate(by_customer(by("requests", idle="shared")))
    assert books.targets() == {"acme": D(75), "bolt": D(25)}


def test_a_column_of_a_charge_means_nothing_to_cost_that_was_moved(books: Books) -> None:
    """Platform's compute goes to db, and from there by db's rule for all that is no storage."""
    platform = {"name": "platform", "match": {"team": "platform", "ServiceCategory": "Compute"}, "method": "proportional",
                "measure": "cost", "to": "service"}  # fmt: skip
    rest = even(service="db") | {"match": {"service": "db", "not": {"ServiceCategory": "Compute"}}}
    books.bill(
        [
            charge("8", team="platform", ServiceCategory="Compute"),
            charge("2", service="db", ServiceCategory="Storage"),
        ]
    )
    books.allocate(by_customer(platform, rest))
    assert books.targets() == {"acme": D(5), "bolt": D(5)}


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([even(service="db"), even("again", service=["db"])], "'again' can never match.*'even' takes"),
        ([even(service="d*"), even("again", service="db", team="web")], "'again' can never match"),
        (
            [even(any=[{"service": "a"}, {"service": "b"}]), even("again", service=["a", "b"])],
            "'again' can never match",
        ),
        ([even("none", service="a", all=[{"service": "b"}])], "'none' can never match: .*contradict"),
        ([even("none", service="a*", **{"not": {"service": "a*"}})], "'none' can never match"),
    ],
)
def test_a_rule_that_can_never_match_is_refused(books: Books, rules: list[dict[str, Any]], said: str) -> None:
    books.bill([charge("1")])
    with pytest.raises(BadInput, match=said):
        books.allocate(by_customer(*rules))


def test_rules_that_overlap_are_told_apart_by_their_order(books: Books) -> None:
    books.bill([charge("1", service="db", team="web"), charge("2", service="db")])
    narrow = {
        "name": "web",
        "match": {"service": "db", "team": "web"},
        "method": "fixed",
        "shares": {"acme": 100},
    }
    books.allocate(by_customer(narrow, even(service="db")))
    assert books.targets() == {"acme": D(2), "bolt": D(1)}
