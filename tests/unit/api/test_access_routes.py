"""Logging in, people, keys and tokens over HTTP."""

import json
from typing import Any

import pytest

from apportion.api import create_app

OWNER = {"login": "ana", "role": "owner", "password": "seven green bicycles", "name": "Ana Souza"}


@pytest.fixture
def browser(client: Any) -> Any:
    """Somebody who has let themselves in as the first owner, and holds the cookie."""
    assert client.request("POST", "/api/v1/access/people", json=OWNER).status_code == 201
    return Browser(client, {"login": "ana", "password": OWNER["password"]})


class Browser:
    """Sends the cookie it was given."""

    def __init__(self, client: Any, given: dict[str, str]) -> None:
        self._client = client
        self.answer = client.request("POST", "/api/v1/access/login", json=given)
        self.cookie = self.answer.cookies.get("apportion_session", "")

    def ask(self, method: str, path: str, **more: Any) -> Any:
        headers = {"cookie": f"apportion_session={self.cookie}"}
        return self._client.request(method, f"/api/v1{path}", headers=headers, **more)


def test_before_the_first_account_whoever_is_at_the_machine_is_known_as_that(client: Any) -> None:
    found = client.get("/api/v1/access/me").json()
    assert (found["kind"], found["configured"], found["tenant"]) == ("local", False, None)
    assert "people" in found["scopes"]
    assert found["embed_origins"] == ["https://app.example.com"]


def test_from_the_first_owner_on_everybody_logs_in(browser: Any, client: Any) -> None:
    refused = client.get("/api/v1/access/me")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    found = browser.ask("GET", "/access/me").json()
    assert (found["name"], found["kind"], found["role"], found["configured"]) == (
        "ana",
        "person",
        "owner",
        True,
    )


def test_the_session_is_in_a_cookie_that_no_script_reads_and_in_no_body(browser: Any) -> None:
    cookie = browser.answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie
    assert browser.cookie not in browser.answer.text
    assert browser.answer.headers["cache-control"] == "private, no-store"


def test_over_https_the_cookie_goes_nowhere_else(browser: Any, company: Any, asking: Any) -> None:
    client = asking(create_app(company))
    client._base = "https://127.0.0.1"
    secure = Browser(client, {"login": "ana", "password": OWNER["password"]})
    assert "Secure" in secure.answer.headers["set-cookie"]


def test_a_wrong_password_is_401_and_says_nothing_more(browser: Any, client: Any) -> None:
    answers = [
        client.request("POST", "/api/v1/access/login", json={"login": login, "password": "not the password"})
        for login in ("ana", "nobody")
    ]
    assert [a.status_code for a in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()
    assert "not the password" not in answers[0].text


def test_who_logs_out_is_out(browser: Any) -> None:
    assert browser.ask("POST", "/access/logout").status_code == 204
    assert browser.ask("GET", "/access/me").status_code == 401


def test_a_new_password_ends_the_session_and_begins_another(browser: Any) -> None:
    given = {"old": OWNER["password"], "new": "nine blue bicycles"}
    answer = browser.ask("POST", "/access/password", json=given)
    assert answer.json()["name"] == "ana"
    assert browser.ask("GET", "/access/me").status_code == 401
    browser.cookie = answer.cookies["apportion_session"]
    assert browser.ask("GET", "/access/me").status_code == 200


def test_people_are_let_in_changed_and_listed(browser: Any, client: Any) -> None:
    ben = {"login": "ben@example.com", "role": "viewer", "password": "eleven red bicycles"}
    assert browser.ask("POST", "/access/people", json=ben).json()["name"] == "ben@example.com"
    other = Browser(client, {"login": "ben@example.com", "password": "eleven red bicycles"})
    assert other.ask("GET", "/access/people").status_code == 403
    changed = browser.ask("POST", "/access/people/ben@example.com", json={"state": "disabled"}).json()
    assert changed["state"] == "disabled"
    assert other.ask("GET", "/access/me").status_code == 401
    listed = browser.ask("GET", "/access/people").json()["people"]
    assert [person["login"] for person in listed] == ["ana", "ben@example.com"]
    assert "bicycles" not in json.dumps(listed)
    refused = browser.ask("POST", "/access/people/ana", json={"role": "viewer"})
    assert (refused.status_code, refused.json()["title"]) == (409, "Refused")


def test_a_key_is_shown_once_and_opens_what_its_scopes_say(browser: Any, client: Any) -> None:
    given = {"name": "checkout", "scopes": ["read"], "expires": "2035-01-01T00:00:00"}
    answer = browser.ask("POST", "/access/keys", json=given)
    made = answer.json()
    assert answer.headers["cache-control"] == "private, no-store"
    assert made["key"].startswith(f"{made['key_id']}_")
    headers = {"authorization": f"Bearer {made['key']}"}
    found = client.get("/api/v1/access/me", headers=headers).json()
    assert (found["name"], found["kind"], found["scopes"]) == (made["key_id"], "key", ["read"])
    refused = client.get("/api/v1/audit", headers=headers)
    assert refused.status_code == 403
    assert refused.json()["detail"] == "This needs the scope 'audit', and your key has 'read'."
    listed = browser.ask("GET", "/access/keys").json()["keys"]
    assert [key["key_id"] for key in listed] == [made["key_id"]]
    assert made["key"] not in json.dumps(listed)
    revoked = browser.ask("POST", f"/access/keys/{made['key_id']}/revoke").json()
    assert (revoked["state"], revoked["revoked_by"]) == ("revoked", "ana")
    assert client.get("/api/v1/access/me", headers=headers).status_code == 401


def test_a_token_of_a_page_shows_one_customer(browser: Any, client: Any) -> None:
    made = browser.ask("POST", "/access/embed-tokens", json={"customer": "acme"}).json()
    headers = {"authorization": f"Bearer {made['token']}"}
    found = client.get("/api/v1/access/me", headers=headers).json()
    assert (found["kind"], found["tenant"]) == ("embed", {"kind": "customer", "name": "acme"})
    assert client.get("/api/v1/overview", headers=headers).status_code == 403


def test_a_key_of_a_customer_makes_tokens_for_that_customer_alone(browser: Any, client: Any) -> None:
    tenant = {"kind": "customer", "name": "acme"}
    key = browser.ask("POST", "/access/keys", json={"name": "k", "scopes": ["embed"], "tenant": tenant})
    headers = {"authorization": f"Bearer {key.json()['key']}"}
    asked = [
        client.request("POST", "/api/v1/access/embed-tokens", json={"customer": name}, headers=headers)
        for name in ("acme", "globex")
    ]
    assert [answer.status_code for answer in asked] == [201, 403]


def test_the_audit_log_says_who_did_what(browser: Any) -> None:
    browser.ask("POST", "/access/keys", json={"name": "checkout", "scopes": ["ingest"]})
    found = browser.ask("GET", "/audit", params={"outcome": "done"}).json()
    newest = [(row["who"], row["action"]) for row in found["rows"]]
    assert newest == [("ana", "make_key"), ("ana", "log_in"), ("local", "add_person")]
    assert found["head"] == f"{found['rows'][0]['number']}:{found['rows'][0]['hash']}"
    page = browser.ask("GET", "/audit", params={"limit": 1, "cursor": found["rows"][0]["number"]}).json()
    assert page["rows"][0]["action"] == "log_in"
    assert browser.ask("GET", "/audit", params={"format": "csv"}).text.startswith("number,at,who")


def test_what_cannot_be_used_is_422_and_shows_no_secret(browser: Any) -> None:
    for path, body in (
        ("/access/login", {"login": "ana"}),
        ("/access/login", {"login": "a\x00", "password": "\x00" * 99, "more": 1}),
        ("/access/people", {**OWNER, "login": "b b"}),
        ("/access/people", {**OWNER, "login": "b", "name": "two\nlines"}),
        ("/access/people", {**OWNER, "login": "b", "password": "too short"}),
        ("/access/keys", {"name": "k", "scopes": []}),
        ("/access/keys", {"name": "k", "scopes": ["everything"]}),
        ("/access/keys", {"name": "k", "scopes": ["read"], "expires": "9999-12-31T23:59:59-14:00"}),
        ("/access/keys", {"name": "k", "scopes": ["read"], "expires": "0001-01-01T00:00:00+14:00"}),
        ("/access/embed-tokens", {"customer": "acme", "minutes": 61}),
    ):
        answer = browser.ask("POST", path, json=body)
        assert answer.status_code == 422, path
        assert body.get("password", "?!") not in answer.text


def test_what_lists_cannot_be_asked(browser: Any) -> None:
    for query in ({"cursor": "x"}, {"since": "2026-10-01"}, {"who": "\x00"}, {"cursor": "9" * 99}):
        assert browser.ask("GET", "/audit", params=query).status_code == 422
    assert browser.ask("GET", "/access/keys", params={"cursor": "1.x"}).status_code == 422
    assert browser.ask("GET", "/access/people", params={"cursor": "\x00"}).status_code == 422
    for path in ("/access/people/%00", "/access/keys/apn_/revoke"):
        assert browser.ask("POST", path, json={}).status_code == 404
