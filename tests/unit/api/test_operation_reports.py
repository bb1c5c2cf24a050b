"""Reports of operations over HTTP: filters, amounts, and answers that follow what comes in."""

import json
from typing import Any

import pytest

from apportion.api import create_app


@pytest.fixture
def client(company: Any, asking: Any) -> Any:
    return asking(create_app(company))


def test_further_parameters_filter(client: Any) -> None:
    found = client.get("/api/v1/operations/overview?window=2026-10&feature=chat").json()
    assert (found["total"]["cost"], found["meta"]["filters"]) == ("0.020000000000", {"feature": "chat"})
    assert found["total"]["success_pct"] == "50.00"
    assert client.get("/api/v1/operations/overview?colour=red").status_code == 422


def test_an_answer_and_its_etag_change_with_what_comes_in(client: Any, company: Any) -> None:
    address = "/api/v1/operations/overview?window=2026-10"
    first = client.get(address)
    same = client.get(address, headers={"If-None-Match": first.headers["etag"]})
    company.told.tell("1")
    changed = client.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (same.status_code, changed.status_code) == (304, 200)
    assert changed.json()["total"]["operations"] == first.json()["total"]["operations"] + 1


def test_the_days_are_the_csv(client: Any) -> None:
    said = client.get("/api/v1/operations/overview?window=2026-10&format=csv").text.splitlines()
    assert said[0].startswith("currency,metric,from,to,operations,cost")
    assert len(said) == 4


def test_a_breakdown_takes_dimensions_with_commas(client: Any) -> None:
    found = client.get("/api/v1/operations/breakdown?window=2026-10&by=feature,customer&limit=1").json()
    assert found["groups"][0]["key"] == {"feature": "chat", "customer": "acme"}
    assert (found["more"], found["groups"][0]["share_pct"]) == (1, "66.67")
    assert client.get("/api/v1/operations/breakdown").status_code == 422


def test_a_child_of_the_tree_says_what_opens_it(client: Any) -> None:
    address = "/api/v1/operations/tree?window=2026-10"
    assert client.get(f"{address}&level=team&feature=chat").json()["children"][0]["pins"] == {
        "feature": "chat",
        "team": "(none)",
    }
    calls = client.get(f"{address}&team=(none)&limit=1").json()
    assert (calls["level"], calls["more"], calls["calls"][0]["cost"]) == ("call", 2, "0.010000000000")


def test_variants_need_a_prompt_that_is_there(client: Any, company: Any) -> None:
    company.told.tell("0.02", prompt="answer", variant="brief", success=True)
    found = client.get("/api/v1/operations/variants?window=2026-10&prompt=answer&by=model").json()
    assert found["variants"][0]["key"] == {"variant": "brief", "model": "gpt-4o"}
    assert client.get("/api/v1/operations/variants?prompt=nobody").status_code == 404
    assert client.get("/api/v1/operations/variants").status_code == 422


def test_other_prices_can_be_asked_for_what_one_model_did(client: Any) -> None:
    address = "/api/v1/operations/what-if?window=2026-10&model=gpt-4o-mini&by=feature"
    found = client.get(f"{address}&from_model=gpt-4o").json()
    assert [row["key"] for row in found["alternatives"]] == [{"feature": "chat"}, {"feature": "search"}]
    assert client.get(f"{address}&from_model=none").json()["alternatives"] == []
    assert client.get("/api/v1/operations/what-if").status_code == 422


def test_operations_are_listed_page_by_page(client: Any) -> None:
    address = "/api/v1/operations?window=2026-10&limit=2"
    first = client.get(address).json()
    rest = client.get(f"{address}&cursor={first['next_cursor']}").json()
    found = [one["operation_id"] for page in (first, rest) for one in page["operations"]]
    assert (found, rest["next_cursor"]) == (["op-3", "op-2", "op-1"], None)
    assert client.get(f"{address}&cursor=x").status_code == 422


def test_an_operation_is_explained_by_its_id_whatever_that_is(client: Any, company: Any) -> None:
    known = {"input_tokens": 1000, "cache_read_tokens": 600, "output_tokens": 200}
    company.told.tell("0.00375", operation_id="trace/7 é", **known)
    found = client.get("/api/v1/operations/trace/7 é").json()
    assert (found["operation"]["customer"], found["price"]["state"]) == (None, "priced")
    lines = client.get("/api/v1/operations/trace/7 é?format=csv").text.splitlines()
    assert lines[1].startswith("input,400,token,0.0000025,0.001000000000,genai-prices")
    missing = client.get("/api/v1/operations/trace/8")
    assert (missing.status_code, missing.json()["hint"]) == (
        404,
        "Ids are those it was sent under; 'apportion ai list' shows them.",
    )


def test_operations_are_exported_as_they_are_read_and_said_how_many(client: Any, company: Any) -> None:
    company.told.tell(None, feature="chat", operation_id="free")
    address = "/api/v1/operations/export?window=2026-10&feature=chat"
    said = client.get(f"{address}&format=json")
    names = [json.loads(line)["operation_id"] for line in said.text.splitlines()]
    assert names == ["op-1", "free", "op-3"]
    counts = (said.headers["x-operations"], said.headers["x-operations-without-cost"])
    assert (counts, said.headers["content-type"]) == (("3", "1"), "application/x-ndjson")
    assert said.headers["content-disposition"] == (
        'attachment; filename="operations-json-2026-10-01-2026-11-01.jsonl"'
    )
    assert "content-length" not in said.headers
    assert client.get(f"{address}&format=influx").text.count("operation_id=") == 3
    assert client.get(f"{address}&format=xml").status_code == 422
    assert client.get(f"{address}&colour=red").status_code == 422
