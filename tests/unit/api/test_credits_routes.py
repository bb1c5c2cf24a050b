"""Plans, credits, entitlements and the customer's own page over HTTP."""

from datetime import UTC, datetime
from typing import Any

import pytest

from apportion.access import Caller, Tenant
from apportion.app.narrowed import OfCustomer
from apportion.core.errors import ApportionError
from unit.api.credits_kept import CreditsKept


def rows(text: str) -> list[str]:
    return text.strip().split("\r\n")


def test_plans_are_listed_with_who_has_them(client: Any) -> None:
    found = client.get("/api/v1/plans").json()
    assert [(p["name"], p["customers"], p["beyond"]) for p in found["plans"]] == [
        ("free", 1, "stop"),
        ("pro", 1, "overage"),
    ]


def test_customers_are_listed_by_name_page_by_page(client: Any) -> None:
    first = client.get("/api/v1/credits?limit=1").json()
    assert [(c["customer"], c["state"], c["percent"]) for c in first["credits"]] == [
        ("acme", "over", "150.00")
    ]
    second = client.get(f"/api/v1/credits?limit=1&cursor={first['next_cursor']}").json()
    assert [(c["customer"], c["balance"], c["contact"]) for c in second["credits"]] == [
        ("globex", "147.000000000", "ops@globex.example")
    ]
    assert second["next_cursor"] is None


def test_the_ledger_of_a_customer_is_read_backwards(client: Any) -> None:
    first = client.get("/api/v1/credits/acme?limit=2").json()
    assert [(e["number"], e["kind"], e["credits"]) for e in first["entries"]] == [
        (4, "use", "-1.000000000"),
        (3, "use", "-1.000000000"),
    ]
    rest = client.get(f"/api/v1/credits/acme?cursor={first['next_cursor']}").json()
    assert [(e["number"], e["kind"]) for e in rest["entries"]] == [(2, "use"), (1, "grant")]
    assert client.get("/api/v1/credits/nobody").status_code == 404
    assert client.get("/api/v1/credits/acme?cursor=x").status_code == 422


def test_entitlements_say_what_is_allowed_and_why_not(client: Any) -> None:
    acme = client.get("/api/v1/entitlements/acme?feature=chat").json()
    assert (acme["allowed"], acme["reason"], acme["state"]) == (False, "no_credits", "over")
    summaries = next(f for f in acme["features"] if f["feature"] == "summaries")
    assert (summaries["reason"], summaries["limit"]["left"]) == ("limit_reached", "0")
    other = client.get("/api/v1/entitlements/acme?feature=video").json()
    assert (other["allowed"], other["reason"]) == (False, "not_included")
    assert client.get("/api/v1/entitlements/globex").json()["allowed"] is True
    assert client.get(f"/api/v1/entitlements/{'x' * 201}").status_code == 422
    assert client.get("/api/v1/entitlements/a%00b").status_code == 404
    assert client.get("/api/v1/entitlements/new-one").json()["plan"]["source"] == "default"


def test_credits_are_granted_paid_back_and_subscribed_to(client: Any) -> None:
    body = {"grant_id": "order-2", "credits": "20.5", "reason": "invoice 7"}
    granted = client.request("POST", "/api/v1/credits/acme/grants", json=body)
    assert (granted.status_code, granted.json()["balance"]) == (200, "20.500000000")
    assert granted.json()["grants"][0]["who"] == "local"
    again = client.request("POST", "/api/v1/credits/acme/grants", json=body)
    assert again.json()["balance"] == "20.500000000"
    assert [one.json()["done_before"] for one in (granted, again)] == [False, True]
    pay = ("POST", "/api/v1/credits/acme/refunds")
    paid = [client.request(*pay, json={"operation_id": "acme-0"}).json() for _ in "12"]
    assert [(one["credits"], one["done_before"]) for one in paid] == [
        ("1.000000000", False),
        ("1.000000000", True),
    ]
    plan = client.request(
        "POST", "/api/v1/credits/acme/plan", json={"plan": "pro", "contact": "a@acme.example"}
    )
    assert (plan.json()["plan"]["name"], plan.json()["contact"]) == ("pro", "a@acme.example")


def test_a_grant_is_taken_back_once_and_what_was_used_of_it_stays_covered(client: Any) -> None:
    body = {"grant_id": "shop/7", "kind": "promotion", "credits": "5000"}
    client.request("POST", "/api/v1/credits/globex/grants", json=body)
    where = "/api/v1/credits/globex/grants/shop/7/take-back"
    for before in ("", " This was done before."):
        found = client.request("POST", where, json={"reason": "5,000 instead of 500"})
        assert (found.status_code, found.json()["credits"]) == (200, "5000.000000000")
        said = f"5,000 of 5,000 credits are taken back; none of it was used.{before}"
        assert found.json()["headline"] == said
    account = client.get("/api/v1/credits/globex").json()
    assert (account["balance"], account["entries"][0]["kind"]) == ("147.000000000", "take_back")
    assert (account["entries"][0]["who"], account["entries"][0]["reason"]) == (
        "local",
        "5,000 instead of 500",
    )
    grant = next(g for g in account["grants"] if g["grant_id"] == "shop/7")
    assert (grant["taken_back"], grant["left"]) == ("5000.000000000", "0.000000000")


def test_a_customer_whom_nobody_knew_is_told_apart(client: Any) -> None:
    body = {"grant_id": "new/1", "credits": "5"}
    granted = client.request("POST", "/api/v1/credits/nosuch/grants", json=body)
    assert (granted.status_code, granted.json()["known"]) == (200, False)
    assert client.request("POST", "/api/v1/credits/nosuch/grants", json=body).json()["known"] is True
    plan = client.request("POST", "/api/v1/credits/nosuch2/plan", json={"plan": "pro"})
    assert (plan.status_code, plan.json()["known"]) == (200, False)
    assert client.get("/api/v1/credits/acme").json()["known"] is True


def test_an_id_that_was_another_grant_says_which(client: Any) -> None:
    client.get("/api/v1/credits")
    body = {"grant_id": "order-1", "credits": "1"}
    said = client.request("POST", "/api/v1/credits/acme/grants", json=body).json()["detail"]
    today = f"{datetime.now(UTC):%-d %b %Y}"
    assert said == (
        "'order-1' was granted before: 50 credits (top_up, priority 40) to 'globex' "
        f"on {today}, without an end."
    )


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("grants", {"grant_id": "g", "credits": "0"}, 422),
        ("grants", {"grant_id": "g", "credits": "1e300"}, 422),
        ("grants", {"grant_id": "g", "credits": "1", "expires": "2001-01-01T00:00:00Z"}, 422),
        ("grants", {"grant_id": "order-1", "credits": "1"}, 409),
        ("grants/order-1/take-back", {}, 404),
        ("grants/order-1/take-back", {"credits": "1"}, 422),
        ("refunds", {"operation_id": "nobody's"}, 404),
        ("refunds", {"operation_id": "acme-0", "credits": "7", "refund_id": "r"}, 409),
        ("plan", {"plan": "platinum"}, 404),
        ("plan", {"plan": "pro", "since": "2026-10-01", "until": "2026-10-01"}, 422),
        ("plan", {"plan": "pro", "since": "0001-01-01"}, 422),
        ("plan", {"plan": "pro", "until": "9999-12-31"}, 422),
        ("plan", {"plan": "pro\x00"}, 422),
        ("plan", {"plan": "pro", "contact": "notanemail"}, 422),
        ("grants", {"grant_id": "g", "credits": "1", "expires": "9999-12-31T23:59:59-12:00"}, 422),
    ],
)
def test_what_cannot_be_done_says_why(client: Any, path: str, body: Any, status: int) -> None:
    answer = client.request("POST", f"/api/v1/credits/acme/{path}", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_a_customers_own_page_has_no_cost_and_nobody_else(client: Any) -> None:
    found = client.get("/api/v1/customers/globex/usage").json()
    assert (found["plan"]["title"], found["used"], found["included"]) == (
        "Pro",
        "3.000000000",
        "100.000000000",
    )
    assert [(g["label"], g["left"]) for g in found["balance_by_grant"]] == [
        ("Included in Pro", "97.000000000"),
        ("Bought", "50.000000000"),
    ]
    assert [(f["feature"], f["calls"]) for f in found["by_feature"]] == [("chat", 2), ("summaries", 1)]
    assert found["buy_url"] == "https://fernway.example/buy?for=globex"
    text = client.get("/api/v1/customers/globex/usage").text
    assert not [word for word in ("acme", "cost", "margin", "revenue", "ana", "order-1") if word in text]
    for window in ("yesterday", "9999-12", "0001-01-01..9999-12-31"):
        assert client.get(f"/api/v1/customers/globex/usage?window={window}").status_code == 422


def test_lists_are_written_as_csv_that_runs_no_formula(client: Any) -> None:
    body = {"grant_id": "=1+1", "credits": "2", "reason": "@SUM(A1)"}
    client.request("POST", "/api/v1/credits/acme/grants", json=body)
    grants = rows(client.get("/api/v1/credits/acme?format=csv&table=grants").text)
    assert grants[1].startswith("'=1+1,top_up,,'@SUM(A1),local,2.000000000,")
    assert rows(client.get("/api/v1/credits?format=csv").text)[0].startswith("customer,name,")
    days = rows(client.get("/api/v1/customers/acme/usage?format=csv&window=2d").text)
    assert days[0] == "day,credits,calls"
    assert len(days) == 3


def test_a_customer_learns_nothing_of_another_not_even_that_it_is_there() -> None:
    own = OfCustomer(CreditsKept(), "acme")
    assert own.customer_usage("acme").customer == "acme"
    assert own.entitlements("acme").customer == "acme"
    said = []
    for name in ("globex", "nobody"):
        for ask in (own.customer_usage, own.entitlements):
            with pytest.raises(ApportionError) as why:
                ask(name)
            said.append((why.value.status, why.value.message.replace(name, "X"), why.value.hint))
    assert len(set(said)) == 1


def test_only_its_own_page_and_entitlements_are_open_to_a_customer() -> None:
    from apportion.access.rules import RULES

    caller = Caller("page", "embed", frozenset({"read"}), Tenant("customer", "acme"))
    names = (
        "list_plans",
        "list_credits",
        "get_credits",
        "grant_credits",
        "take_back_credits",
        "refund_credits",
        "subscribe_customer",
    )
    assert [name for name in names if RULES[name].admits(caller)] == []
    assert RULES["get_usage"].admits(caller)
    assert RULES["get_entitlements"].admits(caller)
