"""Models on one's own cluster: what the cluster costs is divided by the tokens that ran on it, month by month."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from apportion.app import App
from apportion.core.errors import ApportionError, BadInput, NotFound
from apportion.database import State
from apportion.economics.operations import Asked, operations_what_if
from apportion.metering.derived import AGAIN, Current, keep_derived, kept_derived
from apportion.metering.store import Store
from apportion.pricing import DerivedPrice, OwnRate
from apportion.pricing.checking import checked
from books import Books, charge
from operations import operation

RULES = {
    "dimensions": {"service": [{"tag": "service"}]},
    "perspectives": {
        "service": {
            "to": "service",
            "rules": [{"name": "own", "match": {"service": "*"}, "method": "direct"}],
        }
    },
}
YAML = """
dimensions: {service: [{tag: service}]}
perspectives:
  service:
    to: service
    rules: [{name: own, match: {service: "*"}, method: direct}]
rates:
"""
VLLM = "  - {provider: vllm, cluster_cost: {perspective: service, target: llm}, weights: {input: 1, output: 4}}\n"
NOW = datetime(2026, 10, 3, 12, tzinfo=UTC)


class Clustered:
    """A workspace whose cluster `llm` costs $90 in September and $7 on the first two days of October."""

    def __init__(self, books: Books) -> None:
        self.books, self.folder = books, books.root
        idle = charge("12.34", "2026-09-20", service="llm", CommitmentDiscountStatus="Unused")
        september = [charge("3", f"2026-09-{day:02}", service="llm") for day in range(1, 31)]
        self.september = [*september, idle, charge("50", "2026-09-30", service="web")]
        self.books.bill([*self.september, *self.october("2", "5")])
        self.books.allocate(RULES)
        self.rates()

    @staticmethod
    def october(*costs: str) -> list[Any]:
        """The last day is charged to its end; one that has only begun would not count yet."""
        days = [date(2026, 10, 1) + timedelta(days=n) for n in range(len(costs) + 1)]
        return [
            charge(cost, f"{day}", f"{following}", service="llm")
            for cost, (day, following) in zip(costs, pairwise(days), strict=True)
        ]

    def rates(self, *rates: str) -> None:
        (self.folder / "apportion.yaml").write_text(YAML + ("".join(rates) or VLLM))

    def app(self) -> App:
        return App(self.folder)

    def call(self, name: str, day: str, read: int, written: int | None = 0, **more: Any) -> None:
        given: Any = {
            "provider": "vllm",
            "model": "llama-3",
            "input_tokens": read,
            "output_tokens": written,
            **more,
        }
        app = self.app()
        app.meter.keep([operation(name, f"{day}T09:30:00+00:00", **given)], "api", NOW)
        app.stop()

    def shown(self, columns: str = "operation_id, price_state, cost") -> list[tuple[Any, ...]]:
        rows = self.app().sql(f"SELECT {columns} FROM operations ORDER BY operation_id", [])
        return [tuple(row.values()) for row in rows]


@pytest.fixture
def cluster(books: Books) -> Clustered:
    return Clustered(books)


def told(cluster: Clustered) -> None:
    """7,000,000 weighted tokens in September, 1,000,003 in October, and one more after the bill ends."""
    cluster.call("a", "2026-09-03", 1_000_000, 1_000_000)
    cluster.call("b", "2026-09-04", 1_999_999, 0, service_tier="priority", batch=True)
    cluster.call("c", "2026-09-04", 1, 0)
    cluster.call("d", "2026-10-01", 3, 250_000)
    cluster.call("e", "2026-10-03", 1_000_000)
    cluster.call("f", "2026-09-05", 5, None)
    cluster.call("g", "2026-09-05", 1_000_000, provider="openai", model="gpt-4o", cache_read_tokens=0)


def test_before_prices_are_derived_operations_are_unpriced_and_say_why(cluster: Clustered) -> None:
    told(cluster)
    assert cluster.shown()[:2] == [("a", "unpriced", None), ("b", "unpriced", None)]
    [one] = cluster.app().unpriced()
    assert one.why.startswith(
        "vllm/llama-3 costs what its cluster does, which 'apportion rates derive --apply'"
    )


def test_the_cost_of_a_month_is_divided_by_its_weighted_tokens(cluster: Clustered) -> None:
    told(cluster)
    september, october = cluster.app().derive_rates(put=False).months
    assert (september.month, september.status, september.cost) == ("2026-09", "final", Decimal(90))
    assert september.weighted_tokens == Decimal(7_000_000)
    assert september.prices == {
        "input": Decimal("12.857142857142857143"),
        "output": Decimal("51.428571428571428571"),
    }
    assert (september.operations, september.uncounted, september.rated) == (4, 1, 0)
    assert (september.idle, september.quiet_days, september.quiet_cost) == (Decimal("12.34"), 28, Decimal(84))
    assert (october.status, october.cost, october.weighted_tokens) == (
        "so far",
        Decimal(7),
        Decimal(1_000_003),
    )
    assert (october.operations, october.start.day, october.end.day) == (1, 1, 3)
    assert cluster.shown()[0] == ("a", "unpriced", None)


def test_operations_of_a_month_cost_what_its_cluster_costs(cluster: Clustered) -> None:
    told(cluster)
    app = cluster.app()
    app.derive_rates(put=True)
    app.reprice_operations({}, put=True)
    shown = {name: (state, cost) for name, state, cost in cluster.shown()}
    assert sum(shown[name][1] for name in "abc") == Decimal("90.000000000000")
    assert {shown[name][0] for name in "abc"} == {"priced"}
    assert shown["d"] == ("estimated", Decimal("7.000000000000"))
    assert shown["e"] == ("estimated", Decimal("6.999979000063"))  # the last price that is known
    assert (shown["f"], shown["g"]) == (("unknown", None), ("priced", Decimal("2.5")))
    september, october = app.derive_rates(put=False).months
    assert (september.rated, september.difference, september.before) == (Decimal(90), 0, september.prices)
    assert october.difference == 0


def test_what_comes_later_is_priced_so_in_every_process_and_the_card_is_kept(cluster: Clustered) -> None:
    told(cluster)
    cluster.app().derive_rates(put=True)
    cluster.call("z", "2026-09-30", 7_000_000)
    [*_, (name, state, cost, rate)] = cluster.shown("operation_id, price_state, cost, rate")
    assert (name, state, cost) == ("z", "priced", Decimal(90))
    assert rate.startswith("vllm/llama-3;own=1;cluster;from=2026-09-01#")
    card = cluster.app().card_of(rate.rpartition("#")[2])
    assert card
    rows = [row for row in card.rates if row.override]
    assert [(row.kind, str(row.valid_from), str(row.valid_to), row.derived) for row in rows] == [
        ("input", "2026-09-01", "2026-10-01", "final"),
        ("output", "2026-09-01", "2026-10-01", "final"),
        ("input", "2026-10-01", "None", "so far"),
        ("output", "2026-10-01", "None", "so far"),
        ("none", "None", "None", "missing"),
    ]
    assert rows[0].source.startswith("cluster cost, ")


def test_a_month_is_priced_again_when_its_cost_is_final(cluster: Clustered) -> None:
    told(cluster)
    app = cluster.app()
    app.derive_rates(put=True)
    app.reprice_operations({}, put=True)
    cluster.books.bill([*cluster.september, *cluster.october("2", "5", *["1"] * 29)])
    cluster.books.allocate(RULES)
    app = cluster.app()
    october = app.derive_rates(put=True).months[1]
    assert (october.status, october.cost, october.rated) == ("final", Decimal(36), Decimal("13.999979000063"))
    changed = app.reprice_operations({}, put=True)
    assert [(one.id, one.before.state, one.after.state) for one in changed] == [
        ("d", "estimated", "priced"),
        ("e", "estimated", "priced"),
    ]
    assert sum(cost for _, state, cost in cluster.shown() if state == "priced") == Decimal("128.5")


def test_models_that_share_a_cluster_share_its_cost_by_their_weights(cluster: Clustered) -> None:
    shared = "cluster_cost: {perspective: service, target: llm}"
    cluster.rates(
        f"  - {{provider: vllm, model: 'big*', {shared}, weights: {{input: 9, output: 9, cache_read: 0.9}}}}\n",
        f"  - {{provider: vllm, {shared}}}\n",
    )
    cluster.call("big", "2026-09-01", 1000, 100, model="big-70b", cache_read_tokens=1000)
    cluster.call("small", "2026-09-01", 1000, 300, model="small-8b")
    app = cluster.app()
    big, small = app.derive_rates(put=True).months[:2]
    assert (big.weighted_tokens, small.weighted_tokens) == (Decimal(1800), Decimal(1300))
    assert big.cost + small.cost == Decimal(90)
    assert big.prices["cache_read"] * 10 == pytest.approx(small.prices["input"] * 9)
    assert (big.quiet_days, small.quiet_days, small.idle) == (29, None, None)
    app.reprice_operations({}, put=True)
    assert [cost for _, _, cost in cluster.shown()] == [big.cost, small.cost]


def test_a_rate_that_was_changed_has_no_price_until_it_is_derived_again(cluster: Clustered) -> None:
    told(cluster)
    cluster.app().derive_rates(put=True)
    cluster.rates(VLLM.replace("output: 4", "output: 5"))
    cluster.call("z", "2026-09-30", 7)
    assert cluster.shown()[-1] == ("z", "unpriced", None)


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ("  - {provider: openai, discount: 5}\n", "no rate has a cluster_cost"),
        (
            VLLM.replace("llm}", "lm}"),
            "perspective 'service' attributes nothing to 'lm' It attributes to: llm",
        ),
        (VLLM.replace("vllm", "tgi"), "no operation with tokens on the run's days is for tgi/*"),
        (VLLM.replace("service, t", "team, t"), "there is no perspective 'team' (declared: service)"),
        (
            VLLM.replace("input: 1, output: 4", "input: 0, output: 0"),
            "input or output needs a weight above 0",
        ),
        (VLLM.replace("output: 4", "output: 999999"), "tokens of a day weigh more than can be counted"),
        ("  - {provider: vllm, weights: {output: 4}, per_request: 1}\n", "weights divide a cluster_cost"),
        (VLLM.replace("weights:", "discount: 1, weights:"), "give either a discount or prices"),
        (
            VLLM.replace("weights:", "currency: EUR, weights:"),
            "a cluster_cost has its own; leave currency out",
        ),
    ],
)
def test_mistakes_are_told_with_the_next_step(cluster: Clustered, rates: str, said: str) -> None:
    cluster.call("a", "2026-09-03", 10**12, 10**12, provider="vllm")
    cluster.rates(rates)
    with pytest.raises(ApportionError) as why:
        cluster.app().derive_rates(put=False)
    assert said in str(why.value)


def test_without_a_run_there_is_nothing_to_divide(tmp_path: Path) -> None:
    (tmp_path / "apportion.yaml").write_text(YAML + VLLM)
    with pytest.raises(NotFound, match="Nothing has been allocated yet"):
        App(tmp_path).derive_rates(put=False)


def test_a_perspective_that_is_newer_than_the_run_needs_another_run(cluster: Clustered) -> None:
    text = (cluster.folder / "apportion.yaml").read_text()
    text = text.replace("  service:\n    to", "  teams:\n    to").replace(
        "perspective: service", "perspective: teams"
    )
    (cluster.folder / "apportion.yaml").write_text(text)
    with pytest.raises(NotFound, match="the last run has no perspective 'teams'"):
        cluster.app().derive_rates(put=False)


def test_cost_of_two_currencies_has_no_price(cluster: Clustered) -> None:
    euros = charge("1", "2026-10-02", service="llm", BillingCurrency="EUR", x_Source="other")
    cluster.books.bill([euros])
    cluster.books.allocate(RULES)
    cluster.call("a", "2026-09-03", 10)
    with pytest.raises(BadInput, match="'llm' costs EUR and USD; a price is in one currency"):
        cluster.app().derive_rates(put=False)


def test_prices_of_other_months_and_rates_stay(state: State) -> None:
    assert kept_derived(state) == {}
    Store(state)
    days = [date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1), date(2026, 10, 11)]
    known = {"currency": "USD", "run": "run-1", "prices": {"input": Decimal("0.000000000000000001")}}
    august = DerivedPrice("a", days[0], days[1], final=True, **known)
    september = DerivedPrice("a", date(2026, 9, 3), days[2], final=True, **known)
    october = DerivedPrice("a", days[2], days[3], final=False, **known)
    other = replace(september, rate="b")
    keep_derived(state, [august, september, october, other], NOW)
    again = [replace(september, start=days[1], run="run-2"), replace(october, end=date(2026, 10, 20))]
    keep_derived(state, again, NOW)
    assert kept_derived(state) == {"a": [august, *again], "b": [other]}


def test_a_server_takes_up_prices_that_another_process_derived() -> None:
    now, kept = [0.0], dict[str, list[DerivedPrice]]()
    rate = OwnRate.model_validate(
        {"cluster_cost": {"perspective": "service", "target": "llm"}, "provider": "vllm"}
    )
    current = Current([rate], lambda: dict(kept), lambda: now[0])
    before = current.card()
    [row] = [row for row in before.rates if row.override]
    day = date(2026, 9, 1)
    kept[row.version] = [DerivedPrice(row.version, day, day, False, {"input": Decimal(1)}, "USD", "run-1")]
    assert current.card() is before
    now[0] = AGAIN
    after = current.card()
    assert after.version != before.version
    assert after.find("vllm", "llama", day).rates[0].price == 1
    now[0] = 2 * AGAIN
    assert current.card() is after


def test_a_server_prices_by_what_another_process_derived(
    cluster: Clustered, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(cluster)
    server = cluster.app()
    first = server.meter.card
    cluster.app().derive_rates(put=True)
    assert server.meter.card is first  # asked a moment ago
    monkeypatch.setattr("apportion.metering.derived.AGAIN", 0)
    again = server.meter.card
    assert again.price(
        {"provider": "vllm", "model": "x", "input_tokens": 7, "output_tokens": 0}, NOW.date()
    ).cost
    assert [use.version for use in server.rate_cards()][:2] == [again.version, first.version]


def test_one_operation_says_that_its_price_is_of_the_cost_so_far(cluster: Clustered) -> None:
    told(cluster)
    app = cluster.app()
    app.derive_rates(put=True)
    app.reprice_operations({}, put=True)
    found = app.operation("d").price
    assert (found.state, found.exact) == ("estimated", True)
    assert found.sentence.startswith("Priced by what its cluster has cost so far")
    assert {line.source for line in found.lines} == {f"cluster cost, {cluster.books.ledger.run().run_id}"}
    with app.operations_asked() as (con, facts):
        asked = Asked.of(facts, "2026-09", None, {"provider": "vllm"})
        other = operations_what_if(con, asked, app.rate_card, ["vllm/llama-3"])
    assert (other.alternatives[0].compared, other.alternatives[0].difference) == (3, 0)


def test_check_says_which_price_holds_and_that_it_is_an_estimate(cluster: Clustered) -> None:
    told(cluster)
    day = date(2026, 10, 2)
    [before] = checked(cluster.app().rate_card, day)
    assert (before["does"], before["note"]) == (
        "what its cluster costs",
        "unpriced on 2026-10-02: 'apportion rates derive --apply' divides the cluster's cost",
    )
    app = cluster.app()
    app.derive_rates(put=True)
    [now] = checked(app.rate_card, day)
    assert (now["valid_from"], now["valid_to"]) == (date(2026, 10, 1), None)
    assert str(now["note"]).startswith("an estimate, until the month is complete")
    [final] = checked(app.rate_card, date(2026, 9, 30))
    assert (final["does"], final["note"]) == (
        "input 12.857142857142857143 USD per million tokens; output 51.428571428571428571 USD per million tokens",
        None,
    )
