"""The answer to a dimension's question comes from the first rule that has one."""

from pathlib import Path

import pytest

from apportion.core.errors import BadInput
from books import Books, charge


def answers(books: Books, rules: object, *bill: dict[str, object], name: str = "team") -> list[str]:
    """Values of the dimension for each charge of `bill`, in its order."""
    dated = [{**row, "ChargePeriodStart": f"2026-09-{i + 1:02} 00:00:00+00",
              "ChargePeriodEnd": f"2026-09-{i + 1:02} 01:00:00+00"} for i, row in enumerate(bill)]  # fmt: skip
    books.bill(dated)
    dimensions = rules if isinstance(rules, dict) else {name: rules}
    books.allocate({"dimensions": dimensions})
    return [row[0] for row in books.sql(f"SELECT {name} FROM daily_costs ORDER BY day")]


def test_tag_keys_are_compared_without_case_spaces_and_dashes(books: Books) -> None:
    bill = [
        charge("1", **{key: "web"}) for key in ("cost-center", "CostCenter", "Cost Center", "COST_CENTER")
    ]
    assert answers(books, [{"tag": "cost_center"}], *bill) == ["web"] * 4


def test_the_first_alias_with_a_value_wins_and_blank_is_no_value(books: Books) -> None:
    bill = [charge("1", team="a", owner="b"), charge("1", team=" ", owner="b"), charge("1")]
    assert answers(books, [{"tag": ["team", "owner"]}], *bill) == ["a", "b", "(none)"]


def test_two_spellings_on_one_charge_have_one_winner_whatever_their_order(books: Books) -> None:
    bill = [charge("1", team="right", Team="wrong"), charge("1", Team="wrong", team="right")]
    assert answers(books, [{"tag": "team"}], *bill) == ["right", "right"]


def test_values_are_mapped_without_case_and_folded_on_request(books: Books) -> None:
    rules = [{"tag": "env", "case": "lower", "map": {"prd": "production"}}]
    bill = [charge("1", env=v) for v in ("PRD", "prd", "Staging")]
    assert answers(books, rules, *bill) == ["production", "production", "staging"]


def test_accounts_resources_columns_and_conditions_answer(books: Books) -> None:
    rules = [
        {"account": {"0123": "payments"}},
        {"resource": {"arn:*:function/img_*": "images"}},
        {"when": {"ServiceName": ["Amazon Sage*"], "tag:stage": "*"}, "value": "ml"},
        {"column": "RegionId"},
    ]
    bill = [
        charge("1", SubAccountId="0123"),
        charge("1", ResourceId="arn:aws:lambda:function/img_resize"),
        charge("1", ResourceId="arn:aws:lambda:function/imgXresize", RegionId="eu-west-1"),
        charge("1", ServiceName="Amazon SageMaker", stage="dev"),
        charge("1", ServiceName="Amazon SageMaker"),
    ]
    assert answers(books, rules, *bill) == ["payments", "images", "eu-west-1", "ml", "(none)"]


def test_one_dimension_may_follow_from_another(books: Books) -> None:
    rules = {"team": [{"tag": "team"}], "cost_center": [{"dimension": "team", "map": {"web": "cc-1"}}]}
    assert answers(books, rules, charge("1", team="web"), charge("1"), name="cost_center") == [
        "cc-1",
        "(none)",
    ]


def test_a_lookup_table_answers_by_its_first_column(books: Books) -> None:
    (books.root / "owners.csv").write_text("account,team\n0123,payments\n0456,web\n")
    rules = [{"lookup": "owners.csv", "key": "SubAccountId", "value": "team"}]
    bill = [charge("1", SubAccountId="0456"), charge("1", SubAccountId="9")]
    assert answers(books, rules, *bill) == ["web", "(none)"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("account,team\n1,a\n1,b\n", "stands twice"),
        ("account\n1\n", "no column 'team'"),
        (None, "cannot be read"),
    ],
)
def test_a_lookup_that_cannot_be_used_is_named(books: Books, content: str | None, said: str) -> None:
    if content:
        (books.root / "owners.csv").write_text(content)
    with pytest.raises(BadInput, match=said):
        answers(books, [{"lookup": "owners.csv", "key": "SubAccountId", "value": "team"}], charge("1"))


def test_cost_class_follows_the_environment_unless_told_otherwise(books: Books, tmp_path: Path) -> None:
    bill = [charge("1", env="production"), charge("1", env="staging"), charge("1")]
    found = answers(books, {"environment": [{"tag": "env"}]}, *bill, name="cost_class")
    assert found == ["cost_of_revenue", "research_and_development", "cost_of_revenue"]


@pytest.mark.parametrize("name", ["day", "target", "tags", "servicename"])
def test_a_dimension_cannot_take_the_name_of_a_column(books: Books, name: str) -> None:
    books.bill([charge("1")])
    with pytest.raises(BadInput, match="has a column of that name"):
        books.allocate({"dimensions": {name: [{"tag": "x"}]}})
