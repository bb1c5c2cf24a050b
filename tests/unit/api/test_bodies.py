"""A body is read up to what its address takes, and not a byte further."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from unit.api.conftest import Client

KIB = 1024
LOGIN, QUERY, OPERATIONS = "/api/v1/access/login", "/api/v1/costs/query", "/api/v1/operations"
JSON = {"Content-Type": "application/json"}


class Endless:
    """A body that never ends, in pieces; `sent` counts them."""

    def __init__(self, begins: bytes = b'{"login":"') -> None:
        self.begins, self.sent = begins, 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.begins
        while self.sent < 5000:
            self.sent += 1
            yield b"x" * 16 * KIB


@pytest.mark.parametrize(
    ("path", "most", "size"),
    [
        (LOGIN, 64 * KIB, "64 KiB"),
        ("/api/v1/access/people/ana", 64 * KIB, "64 KiB"),
        (QUERY, 1024 * KIB, "1 MiB"),
        ("/api/v1/budgets/reserve", 1024 * KIB, "1 MiB"),
        ("/api/v1/alerts/a1/mute", 1024 * KIB, "1 MiB"),
    ],
)
def test_a_body_without_an_end_is_read_up_to_what_its_address_takes(
    client: Client, path: str, most: int, size: str
) -> None:
    body = Endless()
    answer = client.request("POST", path, content=body, headers=JSON)
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    assert answer.json()["detail"] == f"A body has at most {size}."
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert body.sent <= most // (16 * KIB) + 1


def test_one_that_says_how_long_it_is_is_not_read_at_all(client: Client) -> None:
    body = Endless()
    answer = client.request("POST", LOGIN, content=body, headers={**JSON, "Content-Length": "300000000"})
    assert (answer.status_code, body.sent) == (413, 0)


def test_one_that_lies_about_its_length_is_counted(client: Client) -> None:
    body = Endless()
    answer = client.request("POST", LOGIN, content=body, headers={**JSON, "Content-Length": "20"})
    assert answer.status_code == 413
    assert body.sent < 10


def test_what_fits_is_taken_to_the_last_byte(client: Client) -> None:
    login = b'{"login": "ana", "password": "not the password"'
    whole = login + b" " * (64 * KIB - len(login) - 1) + b"}"
    assert client.request("POST", LOGIN, content=whole, headers=JSON).status_code == 401
    assert client.request("POST", LOGIN, content=whole + b" ", headers=JSON).status_code == 413


def test_what_sends_much_has_a_bound_of_its_own(client: Client) -> None:
    many = b" " * 1500 * KIB + b'{"operations": [{"id": "a"}]}'
    assert client.request("POST", OPERATIONS, content=many, headers=JSON).status_code == 200
    found: Any = client.request("POST", OPERATIONS, content=Endless(b""), headers=JSON)
    assert (found.status_code, "MiB" in found.json()["detail"]) == (413, True)


@pytest.mark.parametrize("path", [LOGIN, QUERY])
def test_what_is_nested_too_deep_is_refused(client: Client, path: str) -> None:
    assert client.request("POST", path, content=b"[" * 60_000, headers=JSON).status_code in (400, 413, 422)
