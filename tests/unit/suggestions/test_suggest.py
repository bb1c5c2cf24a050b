"""What a bill says of itself becomes proposals, and what they promise is what an allocation then gives."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apportion.core.errors import BadInput
from apportion.workspace import parse
from books import Books, charge
from unit.suggestions.bills import MEASURES, attributed, found_in, predicted, titles

USED = [("2026-09-01", "30", {"service": "checkout", "customer": "acme"}),
        ("2026-09-01", "10", {"service": "checkout", "customer": "birch"})]  # fmt: skip


def answers(text: str, dimension: str) -> list[dict[str, Any]]:
    """The answers of a dimension as the file has them."""
    found = parse(text).dimensions[dimension]
    return [a.model_dump(exclude_unset=True, exclude_none=True) for a in found]


def rules(text: str, perspective: str) -> Mapping[str, dict[str, Any]]:
    found = parse(text).perspectives[perspective].rules
    return {r.name: r.model_dump(mode="json", exclude_unset=True, exclude_none=True) for r in found}


def everything(found: Any) -> str:
    return str(found.accepted(list(found.edits)))


def test_one_key_in_many_spellings_is_one_dimension_with_one_name_for_each_value(books: Books) -> None:
    books.bill([charge("60", Team="Web"), charge("30", TEAM="WEB"), charge("9", owner="web"), charge("1")])
    found = found_in(books)
    assert titles(found)[0] == "team: the tags team, owner"
    assert answers(everything(found), "team")[0] == {"tag": ["team", "owner"], "case": "lower"}
    assert predicted(found, 1) == {"team": Decimal(99)}
    assert attributed(books, found, [1]) == {"team": Decimal(99)}


def test_an_owner_who_is_a_person_names_no_team(books: Books) -> None:
    books.bill(
        [charge("60", team="web"), charge("40", team="data"), charge("30", owner="maria.k@fern.example")]
    )
    found = found_in(books)
    assert answers(everything(found), "team")[0] == {"tag": ["team"]}
    (left_out,) = [e for e in found.suggestions.proposals[0].evidence if e.startswith("left out")]
    assert "maria.k@fern.example" in left_out


def test_spellings_of_an_environment_get_the_name_that_reports_know(books: Books) -> None:
    books.bill([charge("5", env=value) for value in ("prd", "Production", "prod", "stg", "canary")])
    (answer,) = answers(everything(found_in(books)), "environment")
    assert answer == {
        "tag": ["env"], "case": "lower", "map": {"prd": "production", "prod": "production", "stg": "staging"}
    }  # fmt: skip


def test_a_tag_whose_values_are_customers_names_customers_whatever_it_is_called(books: Books) -> None:
    books.customers([{"customer_id": "acme"}, {"customer_id": "birch"}])
    books.bill([charge("7", mandant="ACME"), charge("3", mandant="birch"), charge("5")])
    found = found_in(books)
    assert answers(everything(found), "customer") == [{"tag": ["mandant"], "case": "lower"}]
    assert attributed(books, found, [1])["customer"] == Decimal(10)


def test_what_an_account_is_called_and_what_it_holds_answers_for_its_untagged_cost(books: Books) -> None:
    production, shared = {"SubAccountId": "042", "SubAccountName": "acme-prod"}, {"SubAccountId": "7"}
    books.bill([
        charge("90", team="web", env="production", **production), charge("8", **production),
        charge("50", team="web", **shared), charge("50", team="data", **shared), charge("20", **shared),
    ])  # fmt: skip
    found = found_in(books)
    text = everything(found)
    assert {"account": {"042": "web"}} in answers(text, "team")
    assert {"account": {"042": "production"}} in answers(text, "environment")
    assert not any("7" in a.get("account", {}) for a in answers(text, "team"))


def test_resources_whose_names_differ_in_a_number_belong_together(books: Books) -> None:
    books.bill([
        charge("90", team="web", ResourceName="shop-web-1"), charge("9", ResourceName="shop-web-2"),
        charge("5", ResourceName="by-hand-1"),
    ])  # fmt: skip
    found = found_in(books)
    assert {"when": {"ResourceName": ["shop-web-*"]}, "value": "web"} in answers(everything(found), "team")
    assert found.suggestions.offenders[0].resource == "by-hand-"


def test_measured_use_divides_services_and_research_is_even_and_platforms_follow_cost(books: Books) -> None:
    books.usage(USED)
    books.customers([{"customer_id": "acme"}, {"customer_id": "birch"}])
    books.bill([
        charge("100", service="checkout", env="prod", team="shop"), charge("40", service="checkout", env="staging", team="shop"),
        charge("20", service="ci", env="prod", team="platform"),
    ])  # fmt: skip
    found = found_in(books, MEASURES)
    made = rules(everything(found), "customer")
    assert made["by requests"]["match"] == {"service": ["checkout"], "environment": "production"}
    assert made["engineering"] == {
        "name": "engineering",
        "match": {"environment": ["staging"]},
        "method": "even",
    }
    assert made["platform"] == {
        "name": "platform", "match": {"any": [{"team": "platform"}, {"service": "ci"}]}, "method": "proportional", "measure": "cost", "to": "service"
    }  # fmt: skip
    assert attributed(books, found, list(found.edits)) == {"customer": Decimal(160), "team": Decimal(160)}
    assert books.targets()["acme"] == Decimal(75 + 20 + 15)
    assert [(m.service, m.cost) for m in found.suggestions.missing_measures] == [("ci", Decimal(20))]


def test_a_service_that_others_run_too_is_not_the_platform_s_alone(books: Books) -> None:
    books.usage(USED)
    books.bill([
        charge("100", service="checkout", team="shop"), charge("20", service="ci", team="platform"),
        charge("20", service="queue", team="platform"), charge("5", service="queue", team="shop"),
    ])  # fmt: skip
    found = found_in(books, MEASURES)
    match = rules(everything(found), "customer")["platform"]["match"]
    assert match == {"any": [{"team": "platform"}, {"service": "ci"}]}
    assert attributed(books, found, list(found.edits)) == predicted(found, len(found.edits))


def test_tax_credits_and_support_follow_what_they_belong_to(books: Books) -> None:
    books.bill([
        charge("80", team="web", SubAccountId="1"), charge("20", team="data", SubAccountId="2"),
        charge("10", SubAccountId="9", ChargeCategory="Tax", ServiceName="Compute"),
        charge("-5", SubAccountId="1", ChargeCategory="Credit", ServiceName="Compute"),
    ])  # fmt: skip
    found = found_in(books)
    attributed(books, found, list(found.edits))
    assert books.targets("team") == {"web": Decimal(80) + 8 - 5, "data": Decimal(20) + 2}


def test_an_unused_commitment_goes_to_the_team_that_bought_it(books: Books) -> None:
    books.bill([charge("90", team="web"), charge("10", team="data", CommitmentDiscountStatus="Unused")])
    found = found_in(books)
    assert "team: unused commitments to the team that bought them" in titles(found)
    attributed(books, found, list(found.edits))
    assert books.targets("team") == {"web": Decimal(90), "data": Decimal(10)}


def test_what_the_file_says_already_is_not_proposed_again(books: Books) -> None:
    books.bill([charge("60", team="Web"), charge("40", team="data")])
    once = everything(found_in(books))
    again = found_in(books, once)
    assert titles(again) == []
    assert again.suggestions.before == again.suggestions.after
    assert again.suggestions.after[0].percent == Decimal(100)


def test_an_answer_of_the_file_learns_to_spell_and_its_comment_stays(books: Books) -> None:
    books.bill([charge("60", team="Web"), charge("40", team="web")])
    text = 'dimensions:\n  team:\n    - {tag: team}  # ours\nperspectives:\n  team: {to: team, rules: [{name: a, match: {team: "*"}, method: direct}]}\n'
    found = found_in(books, text)
    assert "    - {tag: team, case: lower}  # ours\n" in everything(found)


def test_what_one_proposal_needs_is_accepted_with_it(books: Books) -> None:
    books.usage(USED)
    books.bill([charge("100", service="checkout", env="prod"), charge("9", service="checkout", env="dev")])
    found = found_in(books, MEASURES)
    (number,) = [p.number for p in found.suggestions.proposals if "by requests" in p.title]
    chosen = found.with_needs([number])
    assert set(chosen) > {number}
    assert attributed(books, found, chosen)["customer"] == Decimal(100)


def test_other_currencies_are_named_not_added(books: Books) -> None:
    books.bill([charge("5", team="web"), charge("7", team="web", BillingCurrency="EUR")])
    found = found_in(books)
    assert found.suggestions.charged == Decimal(5)
    assert found.suggestions.notes == ["Only charges in USD were looked at; the bills also have EUR."]


def test_a_bill_without_tags_gets_what_stands_in(books: Books) -> None:
    books.bill([charge("6", ServiceName="Compute", SubAccountName="shop", SubAccountId="1"),
                charge("4", ServiceName="Storage", SubAccountName="data", SubAccountId="2")])  # fmt: skip
    found = found_in(books)
    assert {p.title: p.certainty for p in found.suggestions.proposals} == {
        "team: accounts stand in, as no tag says": "assumed",
        "service: the provider's services stand in, as no tag says": "assumed",
    }
    assert found.suggestions.missing_measures[0].service == "Compute"


def test_without_charges_there_is_nothing_to_read(books: Books) -> None:
    with pytest.raises(BadInput, match="no charges"):
        found_in(books)


CHARGES = st.lists(
    st.builds(
        lambda cost, day, tags, more: charge(cost, f"2026-09-{day:02}", **tags, **more),
        st.decimals("-20", "500", places=3),
        st.integers(1, 4),
        st.fixed_dictionaries({}, optional={
            "team": st.sampled_from(["Web", "web", "data"]), "service": st.sampled_from(["checkout", "Checkout", "ci"]),
            "env": st.sampled_from(["prod", "stg", "production"]), "customer": st.sampled_from(["acme", "birch"]),
        }),
        st.fixed_dictionaries({"SubAccountId": st.sampled_from(["1", "2"])}, optional={
            "ChargeCategory": st.sampled_from(["Usage", "Tax", "Credit"]), "ServiceName": st.just("Compute"),
            "CommitmentDiscountStatus": st.sampled_from(["Used", "Unused"]),
        }),
    ),
    min_size=1, max_size=25,
)  # fmt: skip


@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(charges=CHARGES, data=st.data())
def test_what_is_promised_is_what_an_allocation_gives(
    charges: list[dict[str, Any]], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    books = Books(tmp_path_factory.mktemp("books"))
    books.bill(charges)
    books.usage([(f"2026-09-{day:02}", "5", {"service": "checkout", "customer": "acme"}) for day in (2, 3)])
    books.customers([{"customer_id": "acme"}, {"customer_id": "birch"}])
    found = found_in(books, MEASURES)
    if not found.edits:
        return
    number = data.draw(st.sampled_from(list(found.edits)))
    assert attributed(books, found, range(1, number + 1)) == predicted(found, number)
