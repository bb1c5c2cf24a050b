"""NUL, which PostgreSQL keeps in no text, is refused wherever it comes in."""

import json
from typing import Any

import pytest

from unit.api.conftest import Client

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "path",
    ["alerts?cursor=%00", "alerts?rule=a%00b", "budgets/check?customer=a%00", "credits?cursor=%00",
     "alerts/messages?channel=%00", "dimensions/team/values?search=%00"],
)  # fmt: skip
def test_what_is_asked_has_none(client: Client, path: str) -> None:
    assert client.get(f"/api/v1/{path}").status_code == 422


@pytest.mark.parametrize("path", ["alerts/a%00", "credits/a%00", "entitlements/a%00", "budgets/a%00"])
def test_nothing_is_called_so(client: Client, path: str) -> None:
    assert client.get(f"/api/v1/{path}").status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("budgets/reserve", {"id": "a\0", "estimate": "0.1"}),
        ("budgets/reserve", {"customer": "a\0b", "estimate": "0.1"}),
        ("budgets/settle", {"id": "a", "operation": {"model": "\0"}}),
        ("budgets/company/adjust", {"amount": "1", "reason": "\0"}),
        ("credits/globex/grants", {"grant_id": "\0", "credits": "1"}),
        ("credits/globex/plan", {"plan": "pro", "contact": "a\0"}),
        ("alerts/a1/acknowledge", {"who": "ana", "reason": "a\0"}),
        ("access/people", {"login": "ben", "role": "viewer", "password": "x" * 20, "name": "\0"}),
    ],
)
def test_what_is_sent_has_none(client: Client, path: str, body: Any) -> None:
    answer = client.request("POST", f"/api/v1/{path}", json=body)
    assert (answer.status_code, "NUL" in answer.json()["detail"]) == (422, True)


def test_it_is_found_across_pieces(client: Client) -> None:
    async def pieces() -> Any:
        for piece in (b'{"id": "a\\u0', b'000", "estimate": "1"}'):
            yield piece

    answer = client.request("POST", "/api/v1/budgets/reserve", content=pieces(), headers=JSON)
    assert answer.status_code == 422


def test_a_backslash_before_u0000_is_a_text_like_others(client: Client) -> None:
    body = json.dumps({"who": "ana", "reason": "a\\u0000"})
    answer = client.request("POST", "/api/v1/alerts/a1/acknowledge", content=body, headers=JSON)
    assert "NUL" not in answer.text


def test_one_operation_of_a_batch_is_refused_alone(client: Client) -> None:
    many = [{"id": "z\0"}, {"id": "good"}, {"id": "c", "dimensions": {"a\0": "b"}}, {"id": "d", "user": "\0"}]
    answer = client.request("POST", "/api/v1/operations", json={"operations": many}).json()
    assert (answer["accepted"], [one["index"] for one in answer["rejected"]]) == (1, [0, 2, 3])


@pytest.mark.parametrize("cursor", ["99999999999999999999999", "-1", "x", "9" * 18])
def test_a_cursor_that_no_list_gave_is_said(client: Client, cursor: str) -> None:
    answer = client.get(f"/api/v1/credits/globex?cursor={cursor}")
    assert answer.status_code == (200 if len(cursor) == 18 else 422)
