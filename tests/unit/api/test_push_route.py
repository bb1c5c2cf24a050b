"""POST /usage: what it answers, and from whom it takes nothing."""

import json
from typing import Any

import pytest

from apportion.api import create_app
from unit.api.conftest import Client, SmallApp

PUSH = "/api/v1/usage"


def batch(*quantities: object, measure: str = "requests") -> bytes:
    at = {"service": "shared-db", "customer": "acme"}
    rows = [{"time": "2026-09-30", "quantity": q, "dimensions": at} for q in quantities]
    return json.dumps({"measure": measure, "rows": rows}).encode()


def push(client: Client, content: bytes, **headers: str) -> Any:
    given = {"Content-Type": "application/json", "Idempotency-Key": "k1"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return client.request("POST", PUSH, content=content, headers=given)


def test_a_batch_is_answered_with_what_became_of_its_rows(client: Client, company: SmallApp) -> None:
    answer = push(client, batch(1, -1, "2.5"))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    found = answer.json()
    assert (found["accepted"], found["rejected"], found["rejected_rows"], found["known"]) == (
        2,
        1,
        [1],
        False,
    )
    reason = "not a quantity of 0 or more"
    assert found["errors"] == [{"index": 1, "field": "quantity", "value": "-1", "reason": reason}]
    assert company.tidied == 1


def test_a_batch_that_is_known_is_marked(client: Client) -> None:
    first, again = push(client, batch(1)), push(client, batch(1))
    assert "idempotent-replayed" not in first.headers
    assert (again.headers["idempotent-replayed"], again.json()["known"]) == ("true", True)
    assert {**again.json(), "known": False} == first.json()


def test_where_no_row_is_kept_the_problem_names_them(client: Client) -> None:
    answer = push(client, batch(-1, None))
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["errors"] == [
        {"parameter": "rows.0.quantity", "message": "not a quantity of 0 or more"},
        {"parameter": "rows.1.quantity", "message": "missing"},
    ]


def test_the_key_is_required(client: Client) -> None:
    answer = client.request("POST", PUSH, content=batch(1), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "Idempotency-Key")


def test_other_measures_are_not_found(client: Client) -> None:
    assert push(client, batch(1, measure="storage")).status_code == 404


def test_a_body_is_json_and_not_too_large(client: Client) -> None:
    assert push(client, batch(1), Content_Type="text/plain").status_code == 415
    assert push(client, b" " * (16 * 1024 * 1024 + 1)).status_code == 413
    assert push(client, b"{").status_code == 422


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 421),
    ],
    ids=str,
)
def test_a_page_from_elsewhere_changes_nothing(
    client: Client, company: SmallApp, headers: dict[str, str], status: int
) -> None:
    answer = push(client, batch(1), **headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert company.pushes == {}


@pytest.mark.parametrize(
    "headers", [{}, {"Sec_Fetch_Site": "same-origin"}, {"Origin": "http://127.0.0.1"}], ids=str
)
def test_programs_and_our_own_pages_may(client: Client, headers: dict[str, str]) -> None:
    assert push(client, batch(1), **headers).status_code == 200


def test_a_page_from_elsewhere_gets_no_leave_to_ask(client: Client) -> None:
    """Its browser asks first, as the key and the JSON need leave; nobody gives it."""
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = client.request("OPTIONS", PUSH, headers=headers)
    assert "access-control-allow-origin" not in answer.headers


def test_a_server_that_others_reach_takes_nothing_in_unasked(asking: type[Client], company: SmallApp) -> None:
    open_to_all = asking(create_app(company, loopback=False))
    assert push(open_to_all, batch(1)).status_code == 401
    assert company.pushes == {}
    asked = open_to_all.request("POST", "/api/v1/costs/query", json={"group_by": ["team"]})
    assert asked.status_code == 401, "also a POST that only asks"
