"""Who pays: each method, in examples small enough to check by hand."""

from decimal import Decimal as D

import pytest

from apportion.core.errors import BadInput, Refused
from apportion.core.money import UNIT
from books import Books, charge

DIMENSIONS = {
    "team": [{"tag": "team"}],
    "service": [{"tag": "service"}],
    "environment": [{"tag": "env"}],
    "customer": [{"tag": "customer"}],
}
DIRECT = {"name": "dedicated", "match": {"customer": "*"}, "method": "direct"}


def by_customer(*rules: dict[str, object]) -> dict[str, object]:
    return {"dimensions": DIMENSIONS, "perspectives": {"customer": {"to": "customer", "rules": list(rules)}}}


def shared(**more: object) -> dict[str, object]:
    return {
        "name": "shared",
        "match": {"service": "shared-db"},
        "method": "proportional",
        "measure": "requests",
        **more,
    }


def test_direct_cost_goes_to_the_customer_it_names(books: Books) -> None:
    books.bill([charge("10", customer="acme"), charge("5")])
    books.allocate(by_customer(DIRECT))
    assert books.targets() == {"acme": D(10), "(unallocated)": D(5)}


def test_shared_cost_follows_use_and_leftover_units_go_to_the_largest_remainder(books: Books) -> None:
    books.bill([charge("10", service="shared-db")])
    books.usage(
        [
            ("2026-09-01", n, {"service": "shared-db", "customer": c})
            for c, n in (("acme", "1"), ("bolt", "2"))
        ]
    )
    books.allocate(by_customer(shared()))
    assert books.targets() == {"acme": D("3.333333333333"), "bolt": D("6.666666666667")}


def test_direct_and_shared_cost_of_the_same_service_both_count(books: Books) -> None:
    books.bill([charge("10", service="shared-db"), charge("7", service="shared-db", customer="acme")])
    books.usage([("2026-09-01", "1", {"service": "shared-db", "customer": "acme"})])
    books.allocate(by_customer(DIRECT, shared()))
    assert books.targets() == {"acme": D(17)}
    assert len(books.sql("FROM allocations")) == 2


def test_usage_of_other_services_does_not_count_unless_the_rule_says_so(books: Books) -> None:
    books.bill([charge("10", service="shared-db")])
    books.usage(
        [
            ("2026-09-01", "1", {"service": "shared-db", "customer": "acme"}),
            ("2026-09-01", "9", {"service": "api", "customer": "bolt"}),
        ]
    )
    books.allocate(by_customer(shared()))
    assert books.targets() == {"acme": D(10)}
    books.allocate(by_customer(shared(where={})))
    assert books.targets() == {"acme": D(1), "bolt": D(9)}


def test_use_by_nobody_known_leaves_its_share_unallocated(books: Books) -> None:
    books.bill([charge("10", service="shared-db")])
    books.usage(
        [
            ("2026-09-01", "1", {"service": "shared-db", "customer": "acme"}),
            ("2026-09-01", "1", {"service": "shared-db"}),
        ]
    )
    books.allocate(by_customer(shared()))
    assert books.targets() == {"acme": D(5), "(unallocated)": D(5)}


def test_a_day_without_usage_does_what_the_rule_declares(books: Books) -> None:
    books.bill([charge("10", day="2026-09-03", service="shared-db")])
    books.usage([("2026-09-01", "1", {"service": "shared-db", "customer": "acme"})])
    books.allocate(by_customer(shared()))
    assert books.targets() == {"(unallocated)": D(10)}
    books.allocate(by_customer(shared(without_usage={"carry_forward": 1})))
    assert books.targets() == {"(unallocated)": D(10)}
    books.allocate(by_customer(shared(without_usage={"carry_forward": 2})))
    assert books.targets() == {"acme": D(10)}
    assert books.sql("SELECT DISTINCT evidence FROM allocations") == [("assumed",)]
    with pytest.raises(Refused, match="no usage to divide by on 2026-09-03"):
        books.allocate(by_customer(shared(without_usage="fail")))


def test_without_usage_even_divides_among_active_customers(books: Books) -> None:
    books.bill([charge("10", service="shared-db")])
    books.customers(
        [
            {"customer_id": "acme", "start_date": "2026-01-01"},
            {"customer_id": "bolt", "start_date": "2026-01-01", "end_date": "2026-09-02"},
            {"customer_id": "gone", "start_date": "2026-01-01", "end_date": "2026-09-01"},
        ]
    )
    books.allocate(by_customer(shared(without_usage="even")))
    assert books.targets() == {"acme": D(5), "bolt": D(5)}


def test_a_chain_is_as_good_as_its_weakest_step(books: Books) -> None:
    named = {"name": "named", "match": {"team": "*"}, "method": "direct", "to": "service"}
    deal = {"name": "deal", "match": {"service": "x"}, "method": "fixed", "shares": {"bolt": "100"}}
    books.bill([charge("1", team="a", service="api", customer="acme"), charge("1", team="a", service="x")])
    rest = {"name": "rest", "match": {"service": "api"}, "method": "direct"}
    books.allocate(by_customer(named, deal, rest))
    evidence = books.sql("SELECT target, evidence FROM allocations ORDER BY ALL")
    assert evidence == [("acme", "direct"), ("bolt", "assumed")]


def test_what_fixed_shares_leave_goes_on_and_stays_unallocated_where_no_rule_takes_it(books: Books) -> None:
    rule = {
        "name": "deal",
        "match": {"service": "x"},
        "method": "fixed",
        "shares": {"acme": "60%", "bolt": "12.5%"},
    }
    books.bill([charge("100", service="x")])
    books.allocate(by_customer(rule))
    assert books.targets() == {"acme": D(60), "bolt": D("12.5"), "(unallocated)": D("27.5")}


def test_credits_are_divided_like_what_they_take_back(books: Books) -> None:
    books.bill([charge("9", service="shared-db"), charge("-10", service="shared-db", env="staging")])
    books.usage(
        [
            ("2026-09-01", n, {"service": "shared-db", "customer": c})
            for c, n in (("acme", "1"), ("bolt", "2"))
        ]
    )
    books.allocate(by_customer(shared()))
    assert books.targets() == {"acme": D("-0.333333333333"), "bolt": D("-0.666666666667")}


def test_unused_commitment_is_idle_and_not_spread(books: Books) -> None:
    books.bill(
        [charge("4", customer="acme", CommitmentDiscountStatus="Unused"), charge("1", customer="acme")]
    )
    books.allocate(by_customer(DIRECT))
    assert books.targets() == {"(idle)": D(4), "acme": D(1)}


def test_cost_passes_through_services_in_the_order_of_the_graph_not_of_the_file(books: Books) -> None:
    """Platform serves api (30) and shared-db (10) by their cost; both then go by requests."""
    platform = {"name": "platform", "match": {"team": "platform"}, "method": "proportional", "measure": "cost",
                "to": "service"}  # fmt: skip
    books.bill([charge("8", team="platform"), charge("30", service="api"), charge("10", service="shared-db")])
    books.usage(
        [
            ("2026-09-01", "1", {"service": "api", "customer": "acme"}),
            ("2026-09-01", "1", {"service": "shared-db", "customer": "bolt"}),
        ]
    )
    services = shared(match={"service": ["api", "shared-db"]})
    books.allocate(by_customer(services, platform))
    assert books.targets() == {"acme": D(36), "bolt": D(12)}
    steps = "SELECT target, weight, whole FROM steps WHERE node = 'team=platform' ORDER BY ALL"
    assert books.sql(steps) == [
        ("service=api", 30 * UNIT, 40 * UNIT),
        ("service=shared-db", 10 * UNIT, 40 * UNIT),
    ]


def test_a_circle_is_refused_by_name_and_the_run_before_stays(books: Books) -> None:
    books.bill([charge("8", service="a"), charge("8", service="b")])
    books.usage(
        [
            ("2026-09-01", "1", {"from": "a", "service": "b"}),
            ("2026-09-01", "1", {"from": "b", "service": "a"}),
        ]
    )
    books.allocate(by_customer(DIRECT))
    before = books.sql("FROM allocations ORDER BY ALL")
    circle = [
        {"name": s, "match": {"service": s}, "method": "proportional", "measure": "requests",
         "where": {"from": s}, "to": "service"} for s in "ab"
    ]  # fmt: skip
    with pytest.raises(Refused, match="nothing leaves them: service=a → service=b"):
        books.allocate(by_customer(*circle), {"requests": ["from", "service"]})
    assert books.sql("FROM allocations ORDER BY ALL") == before


def test_a_charge_over_several_days_is_spread_by_time_and_a_purchase_is_not(books: Books) -> None:
    books.bill(
        [
            charge("10", until="2026-09-04", customer="acme"),
            charge(
                "9",
                until="2027-09-01",
                customer="acme",
                ChargeCategory="Purchase",
                ChargeFrequency="One-Time",
            ),
        ]
    )
    books.allocate(by_customer(DIRECT))
    days = books.sql("SELECT day::VARCHAR, sum(EffectiveCost) FROM daily_costs GROUP BY ALL ORDER BY ALL")
    assert days == [
        ("2026-09-01", D("12.333333333333")),
        ("2026-09-02", D("3.333333333333")),
        ("2026-09-03", D("3.333333333334")),
    ]


def test_both_metrics_are_conserved_beside_each_other(books: Books) -> None:
    books.bill([charge("0", customer="acme", EffectiveCost=D(3)), charge("7", EffectiveCost=D(0))])
    books.allocate(by_customer(DIRECT))
    lines = books.sql(
        "SELECT metric, charged, allocated, unallocated, difference FROM reconciliation ORDER BY ALL"
    )
    assert lines == [("BilledCost", D(7), D(0), D(7), D(0)), ("EffectiveCost", D(3), D(3), D(0), D(0))]


def test_currencies_stay_apart(books: Books) -> None:
    books.bill([charge("1", customer="acme"), charge("2", customer="acme", BillingCurrency="EUR")])
    books.allocate(by_customer(DIRECT))
    found = books.sql("SELECT currency, charged FROM reconciliation WHERE metric = 'BilledCost' ORDER BY ALL")
    assert found == [("EUR", D(2)), ("USD", D(1))]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (shared(measure="bytes"), "there is no measure 'bytes'"),
        (shared(match={"colour": "red"}), "'colour' is neither a dimension nor a FOCUS column"),
        (shared(to="colour"), "'colour' is not a dimension"),
        (shared(to="team"), "does not say which team used it"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_named(books: Books, rule: dict[str, object], message: str) -> None:
    books.bill([charge("1", service="shared-db")])
    with pytest.raises(BadInput, match=message) as caught:
        books.allocate(by_customer(rule))
    assert "rule 'shared'" in caught.value.where
