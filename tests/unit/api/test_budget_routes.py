"""Budgets over HTTP: how they stand, room for a call, a call that is refused, and a limit that is raised."""

from typing import Any


def test_budgets_are_listed_page_by_page(client: Any) -> None:
    first = client.get("/api/v1/budgets?limit=2").json()
    assert first["headline"] == "1 of 3 budgets is over its limit."
    rows = [(r["budget"], r["entity"], r["state"], r["spent"], r["limit"]) for r in first["budgets"]]
    assert rows == [
        ("company", {}, "within", "11.75", "1000.00"),
        ("team_ai", {"team": "ads"}, "over", "11.00", "10.00"),
    ]
    ads = first["budgets"][1]
    assert (ads["over"], ads["remaining"], ads["percent"]) == ("1.00", "-1.00", "110.00")
    assert [c["threshold"] for c in ads["crossings"]] == ["50", "80", "90"]
    rest = client.get(f"/api/v1/budgets?limit=2&cursor={first['next_cursor']}").json()
    assert [(r["spent"], r["reserved"], r["remaining"]) for r in rest["budgets"]] == [
        ("0.75", "1.50", "5.75")
    ]
    assert rest["next_cursor"] is None
    assert client.get("/api/v1/budgets?cursor=x").status_code == 422


def test_a_check_says_whether_there_is_room_and_holds_nothing(client: Any) -> None:
    ads = client.get("/api/v1/budgets/check?team=ads").json()
    assert ads["allowed"] is False
    assert [b["budget"] for b in ads["budgets"]] == ["company", "team_ai"]
    assert client.get("/api/v1/budgets/check?team=search").json()["allowed"] is True
    assert client.get("/api/v1/budgets/check?team=search&estimate=5.76").json()["allowed"] is False
    assert client.get("/api/v1/budgets/check?dimensions.ring=blue&team=new").json()["allowed"] is True
    unknown = client.get("/api/v1/budgets/check?shoe_size=9")
    assert unknown.status_code == 422
    assert unknown.json()["detail"] == "shoe_size: there is no field of this name"
    assert client.get("/api/v1/budgets/check?dimensions.ring=").status_code == 422


def test_a_call_is_reserved_and_settled(client: Any) -> None:
    asked = {"id": "call-1", "team": "search", "provider": "acme", "model": "larch", "max_tokens": 1_000_000}
    held = client.request("POST", "/api/v1/budgets/reserve", json={**asked, "input_tokens": 1_000_000}).json()
    assert (held["allowed"], held["basis"], held["estimate"]) == (True, "rates", "2.00")
    told = {"id": "call-1", "operation": {"input_tokens": 1_000_000, "output_tokens": 200_000}}
    settled = client.request("POST", "/api/v1/budgets/settle", json=told).json()
    assert (settled["state"], settled["cost"], settled["above_estimate"]) == ("settled", "1.20", "0.00")


def test_a_call_without_room_is_402_with_what_is_left(client: Any) -> None:
    answer = client.request("POST", "/api/v1/budgets/reserve", json={"team": "search", "estimate": "6"})
    assert answer.status_code == 402
    problem = answer.json()
    assert (problem["title"], problem["budget"], problem["entity"]) == (
        "Over budget",
        "team_ai",
        {"team": "search"},
    )
    assert (problem["remaining"], problem["estimate"], problem["reason"]) == ("5.75", "6.00", "over")
    assert problem["resets_at"].endswith("Z")
    assert "apportion budgets adjust" in problem["hint"]


def test_what_cannot_be_reserved_or_settled_is_said(client: Any) -> None:
    reserve, settle = "/api/v1/budgets/reserve", "/api/v1/budgets/settle"
    assert (
        client.request("POST", reserve, json={"id": "search-1", "team": "ads", "estimate": "1"}).status_code
        == 409
    )
    assert client.request("POST", reserve, json={"team": "ads", "estimate": "-1"}).status_code == 422
    assert client.request("POST", settle, json={"id": "never", "cost": "1"}).status_code == 404
    unsaid = client.request("POST", settle, json={"id": "search-1"})
    assert unsaid.status_code == 422
    assert unsaid.json()["detail"] == "say one of `operation`, `cost` and `release: true`"
    wrong = client.request("POST", settle, json={"id": "search-1", "operation": {"input_tokens": -1}})
    assert wrong.status_code == 422
    assert "input_tokens" in wrong.json()["detail"]


def test_one_budget_burns_down_day_by_day(client: Any) -> None:
    found = client.get("/api/v1/budgets/team_ai?entity=search").json()
    assert [hold["reservation_id"] for hold in found["holds"]] == ["search-1"]
    assert [(o["reservation_id"], o["over"]) for o in found["overshoots"]] == [("search-2", "0.25")]
    assert found["by_day"][-1]["total"] == "0.75"
    assert len(found["by_day"]) + len(found["ahead"]) in {0, 28, 29, 30, 31} or found["forecast"] is None
    same = client.get("/api/v1/budgets/team_ai", params={"entity": '{"team": "search"}'}).json()
    assert same["spent"] == "0.75"
    assert client.get("/api/v1/budgets/team_ai").json()["detail"].startswith("entity: the budget 'team_ai'")
    assert client.get("/api/v1/budgets/team_ai?entity=nobody").status_code == 404
    assert client.get("/api/v1/budgets/nothing").status_code == 404


def test_a_limit_is_raised_for_this_period_by_somebody_for_a_reason(client: Any) -> None:
    told = {"entity": "ads", "amount": "5", "reason": "the launch"}
    raised = client.request("POST", "/api/v1/budgets/team_ai/adjust", json=told).json()
    assert (raised["limit"], raised["state"]) == ("15.00", "within")
    assert [(a["amount"], a["who"], a["reason"]) for a in raised["adjustments"]] == [
        ("5.00", "local", "the launch")
    ]
    assert [c["threshold"] for c in raised["crossings"]] == [
        "50",
        "80",
        "90",
    ]  # what was reached stays reached
    assert (
        client.request("POST", "/api/v1/budgets/team_ai/adjust", json={**told, "amount": "0"}).status_code
        == 422
    )
