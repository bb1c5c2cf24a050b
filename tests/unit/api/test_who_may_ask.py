"""Every route of the table × everybody who may ask × every way not to be known.

What is expected stands here, written by hand: a new route fails until somebody says whose it is.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from apportion.access import LOCAL, SCOPES
from apportion.access.rules import RULES
from apportion.api import create_app
from apportion.api.access import Gate
from apportion.api.door import Door
from apportion.database import api_keys
from planted import ALPHA, Planted
from unit.api.conftest import Client, SmallApp

PEOPLE = ("owner", "finance", "engineer", "viewer")
NOW = datetime.now(UTC)

EVERYBODY = "everybody, known or not"
KNOWN = "everybody who is known"
WHOM: Mapping[str, set[str]] = {
    "reads all": {*PEOPLE, "key read"},
    "reads, and a team its own": {*PEOPLE, "key read", "team", "team key read"},
    "sends": {"owner", "engineer", "key ingest"},
    "watches": {"owner", "finance", "engineer", "key watch"},
    "lets in": {"owner", "key people"},
    "looks who did what": {"owner", "finance", "key audit"},
    "embeds": {"owner", "finance", "engineer", "key embed", "customer key embed"},
    "gives credits": {"owner", "finance", "key credits"},
    "adjusts budgets": {"owner", "finance", "key budgets"},
    "spends": {"owner", "engineer", "key spend"},
    "a customer's page": {*PEOPLE, "key read", "customer", "customer key read", "embedded page"},
    "a customer's rights": {
        *(*PEOPLE, "key read", "key spend", "customer", "customer key read", "customer key spend"),
        "embedded page",
    },
    "budgets, and a team its own": {*PEOPLE, "key read", "team", "team key read"},
    "whether budgets allow": {
        *(*PEOPLE, "key read", "key spend", "team", "team key read", "customer", "customer key read"),
        *("team key spend", "customer key spend"),
    },
}
"""Callers who are let in, for each kind of route."""

TABLE: Mapping[str, tuple[str, ...]] = {
    EVERYBODY: ("health", "log_in"),
    "reads all": (
        *("openapi", "overview", "list_customers", "get_customer", "list_services", "get_service"),
        *(
            "list_teams",
            "compare_environments",
            "list_units",
            "list_anomalies",
            "get_anomaly",
            "list_messages",
        ),
        *("get_message", "list_channels", "list_alerts", "list_rules", "get_alert", "explain_usage"),
        *("explain_customer", "get_flow", "find", "get_bridge", "get_bridge_charges", "list_sources"),
        *("get_source", "list_doubts", "operations_what_if", "export_operations", "operations_true_up"),
        *("operations_margin", "list_rates", "list_unpriced", "list_cards", "get_rates", "list_loads"),
        *("get_load", "get_plan", "list_runs", "diff_runs", "get_run", "get_reconciliation"),
        *("get_suggestions", "list_jobs", "list_plans", "list_credits", "get_credits"),
    ),
    "reads, and a team its own": (
        *("query_costs", "post_query", "get_trend", "get_forecast", "list_dimensions", "explain_cost"),
        *("operations_overview", "operations_breakdown", "operations_tree", "operations_variants"),
        *("list_operations", "get_operation"),
    ),
    "sends": ("push_usage", "post_operations", "post_outcomes", "post_traces"),
    "watches": (
        *("mark_anomaly", "retry_message", "test_channel", "acknowledge_alert", "mute_alert", "unmute_alert"),
    ),
    "lets in": ("list_people", "add_person", "change_person", "list_keys", "make_key", "revoke_key"),
    "looks who did what": ("list_audit",),
    "embeds": ("make_embed_token",),
    "gives credits": ("grant_credits", "take_back_credits", "refund_credits", "subscribe_customer"),
    "a customer's page": ("get_usage",),
    "a customer's rights": ("get_entitlements",),
    "spends": ("reserve_budget", "settle_budget"),
    "adjusts budgets": ("adjust_budget",),
    "budgets, and a team its own": ("list_budgets", "get_budget"),
    "whether budgets allow": ("check_budgets",),
    KNOWN: ("log_out", "change_password"),
    "known, and an embedded page": ("me",),
}
KINDS = {name: kind for kind, names in TABLE.items() for name in names}
PAGES = {"page"}
"""The dashboard: files that are the same for everybody."""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    return Planted(tmp_path_factory.mktemp("planted"))


@pytest.fixture(scope="module")
def callers(planted: Planted) -> dict[str, Mapping[str, str]]:
    """Headers of everybody there is."""
    team, customer = ("team", ALPHA), ("customer", "alpha-customer")
    found = {role: planted.person(role) for role in PEOPLE}
    found |= {"team": planted.person("team", ALPHA), "customer": planted.person("customer", "alpha-customer")}
    found |= {f"key {scope}": planted.key(scope) for scope in SCOPES}
    for tenant in (team, customer):
        for scope in ("read", "spend", "embed", "ingest"):
            found[f"{tenant[0]} key {scope}"] = _kept_key(planted, scope, tenant)
    made = planted.app.access.embedding.make(LOCAL, "alpha-customer", datetime.now(UTC), minutes=60)
    return {**found, "embedded page": {"Authorization": f"Bearer {made.token}"}}


def _kept_key(planted: Planted, scope: str, tenant: tuple[str, str]) -> Mapping[str, str]:
    """A key of a tenant as those are that were made when a tenant's could have any of these scopes."""
    shown = planted.key("read", tenant=tenant)
    key_id = shown["Authorization"].removeprefix("Bearer ")[:12]
    with planted.app._state.write() as con:
        con.execute(api_keys.update().where(api_keys.c.key_id == key_id).values(scopes=json.dumps([scope])))
    return shown


@pytest.fixture(scope="module")
def strangers(planted: Planted, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Mapping[str, str]]:
    """Headers of those who are not known, or no longer."""
    access, before = planted.app.access, NOW - timedelta(days=90)
    elsewhere = Planted(tmp_path_factory.mktemp("elsewhere"))
    made = access.keys.make(LOCAL, "old", ("read",), before, expires=before + timedelta(days=1)).key
    gone = access.keys.make(LOCAL, "gone", ("read",), NOW)
    access.keys.revoke(LOCAL, gone.key_id, NOW)
    kept = access.keys.make(LOCAL, "kept", ("read",), NOW).key
    token = access.embedding.make(LOCAL, "alpha-customer", NOW).token
    old_token = access.embedding.make(LOCAL, "alpha-customer", before).token
    session, _ = access.log_in(access.by_password("owner0@example.com", "seven green bicycles"), before)
    shown = {
        "expired key": made,
        "revoked key": gone.key,
        "forged key": f"{kept[:-2]}{'aa' if kept[-2:] != 'aa' else 'bb'}",
        "key of elsewhere": elsewhere.key("read")["Authorization"].removeprefix("Bearer "),
        "expired token": old_token,
        "forged token": _for_another(token),
        "unsigned token": _unsigned(token),
        "token of elsewhere": elsewhere.app.access.embedding.make(LOCAL, "alpha-customer", NOW).token,
        "nonsense": "nonsense",
        "nothing said": "",
    }
    found: dict[str, Mapping[str, str]] = {n: {"Authorization": f"Bearer {k}"} for n, k in shown.items()}
    cookies = {"expired session": session, "forged session": session[::-1], "session of elsewhere": "A" * 43}
    return {"none": {}, **found, **{n: {"Cookie": f"apportion_session={c}"} for n, c in cookies.items()}}


def _for_another(token: str) -> str:
    head, claims, signature = token.split(".")
    told = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    return ".".join([head, _packed({**told, "sub": "BRAVO-ZQT-customer"}), signature])


def _unsigned(token: str) -> str:
    return ".".join([_packed({"alg": "none", "typ": "JWT"}), token.split(".")[1], ""])


def _packed(told: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")


def routes(api: FastAPI) -> Iterator[tuple[str, str, str]]:
    """Name, method and an address of every route there is."""
    for route in iter_route_contexts(api.routes):
        if route.name not in PAGES:
            path = re.sub(r"\{(\w+)(:\w+)?\}", r"alpha-customer", route.path or "")
            yield from (
                (route.name or "", method, path) for method in sorted(set(route.methods or ()) - {"HEAD"})
            )


ROUTES = list(routes(create_app(SmallApp())))


@pytest.fixture(scope="module")
def door(planted: Planted, callers: Any, strangers: Any) -> Client:
    """The real door before something that answers all that it lets in."""
    api = create_app(planted.app)

    async def inside(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("let in")(scope, receive, send)

    gate = Gate(api, planted.app.access, loopback=True)
    return Client(Door(inside, run_key=lambda: "1", version="1", gate=gate))  # type: ignore[arg-type]


def expected(name: str, who: str) -> int:
    kind = KINDS[name]
    if kind == EVERYBODY:
        return 200
    if kind in (KNOWN, "known, and an embedded page"):
        return 403 if who == "embedded page" and kind == KNOWN else 200
    return 200 if who in WHOM[kind] else 403


def test_every_route_has_a_line_here_and_a_rule() -> None:
    names = {name for name, *_ in ROUTES}
    assert names - KINDS.keys() == set(), "say in TABLE who may ask for it"
    assert names - RULES.keys() == set(), "add a rule to access/rules.py"
    assert len(ROUTES) == len(names), "each name stands for one route"


def test_no_rule_is_left_of_what_is_no_more() -> None:
    assert RULES.keys() - {name for name, *_ in ROUTES} == set()


@pytest.mark.parametrize(("name", "method", "path"), ROUTES)
def test_who_may_ask(door: Client, callers: Any, name: str, method: str, path: str) -> None:
    said = {who: door.request(method, path, headers=shown).status_code for who, shown in callers.items()}
    assert said == {who: expected(name, who) for who in callers}


@pytest.mark.parametrize(("name", "method", "path"), ROUTES)
def test_whoever_is_not_known_is_told_how_to_be(
    door: Client, strangers: Any, name: str, method: str, path: str
) -> None:
    for who, shown in strangers.items():
        answer = door.request(method, path, headers=shown)
        if KINDS[name] == EVERYBODY and "Authorization" not in shown:
            assert answer.status_code == 200, who
            continue
        assert answer.status_code == 401, who
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["instance"] == path


@pytest.mark.parametrize(("name", "method", "path"), ROUTES)
def test_every_route_that_reads_what_is_there_is_let_through_to_it(
    planted: Planted, callers: Any, name: str, method: str, path: str
) -> None:
    """Through the whole application: what the door lets in, a tenant's own workspace does not turn away."""
    if method != "GET" or name in ("get_plan", "export_operations", "openapi", "get_budget"):
        pytest.skip("the door alone decides, or there is nothing of the tenant's of that name")
    client = Client(create_app(planted.app))
    for who in ("team", "customer", "embedded page"):
        status = client.get(path, headers=callers[who]).status_code
        assert (status == 403) == (expected(name, who) == 403), who
        assert status < 500, who
    assert client.get(path, headers=callers["viewer"]).status_code in (200, 403, 404, 409, 422)


def test_a_route_without_a_rule_is_closed_to_everybody(planted: Planted, callers: Any) -> None:
    api = create_app(planted.app)
    api.router.routes.insert(0, _unruled())
    client = Client(api)
    assert {client.get("/api/v1/new", headers=shown).status_code for shown in callers.values()} == {403}
    assert client.get("/api/v1/new").status_code == 401


def _unruled() -> Any:
    from starlette.routing import Route

    return Route("/api/v1/new", lambda _: PlainTextResponse("numbers"), name="brand_new")


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api", "/api/", "/v1/nothing", "/api/v1/overview/"])
def test_addresses_that_are_not_there_are_not_told_to_strangers(
    planted: Planted, callers: Any, path: str
) -> None:
    client = Client(create_app(planted.app))
    assert client.get(path).status_code == 401
    assert client.get(path, headers=callers["customer"]).status_code in (200, 307, 404)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_let_nobody_around_the_door(planted: Planted, callers: Any, method: str) -> None:
    client = Client(create_app(planted.app))
    assert client.request(method, "/api/v1/overview").status_code == 401
    assert client.request(method, "/api/v1/overview", headers=callers["team"]).status_code == 405


def test_the_dashboard_is_there_for_strangers_who_log_in_with_it(planted: Planted, callers: Any) -> None:
    client = Client(create_app(planted.app))
    assert [client.get(path).status_code for path in ("/", "/login", "/embed/x", "/assets/none.js")] == [
        *(200, 200, 200, 404)
    ]
    assert client.request("HEAD", "/").status_code == 405


def test_a_key_that_does_not_hold_is_not_made_good_by_a_cookie(planted: Planted, callers: Any) -> None:
    both = {**callers["owner"], "Authorization": "Bearer nonsense"}
    assert Client(create_app(planted.app)).get("/api/v1/overview", headers=both).status_code == 401


def test_strangers_hear_that_it_lives_and_no_more(planted: Planted, callers: Any) -> None:
    client = Client(create_app(planted.app))
    for shown in ({}, callers["team"], callers["customer"], callers["embedded page"]):
        told = client.get("/api/v1/health", headers=shown).json()
        assert told == {"status": "ok", "version": "", "workspace": "", "run": None, "tables": {}}
    assert client.get("/api/v1/health", headers=callers["viewer"]).json()["run"]


def test_while_nobody_has_an_account_only_this_machine_is_let_in() -> None:
    company = SmallApp()
    assert Client(create_app(company)).get("/api/v1/overview").status_code == 200
    answer = Client(create_app(company, loopback=False)).get("/api/v1/overview")
    assert (answer.status_code, "owner" in answer.json()["hint"]) == (401, True)


def test_a_cookie_of_before_does_not_lock_out_where_nobody_has_an_account() -> None:
    client = Client(create_app(SmallApp()))
    assert (
        client.get("/api/v1/overview", headers={"Cookie": "apportion_session=of-elsewhere"}).status_code
        == 200
    )
    assert client.get("/api/v1/overview", headers={"Authorization": "Bearer x"}).status_code == 401
    assert client.get("/api/v1/overview", headers={"Authorization": "Basic eDp5"}).status_code == 200


def test_a_page_of_elsewhere_changes_nothing_with_a_cookie_and_a_program_does_with_a_key(
    planted: Planted, callers: Any
) -> None:
    client, elsewhere = Client(create_app(planted.app)), {"Origin": "https://evil.example"}
    crossing = {"Sec-Fetch-Site": "cross-site"}
    for more in (elsewhere, crossing):
        shown = {**callers["owner"], **more}
        assert client.request("POST", "/api/v1/operations", headers=shown, json={}).status_code == 403
        shown = {**callers["key ingest"], **more}
        assert client.request("POST", "/api/v1/operations", headers=shown, json={}).status_code == 200
    answer = client.request(
        "POST", "/api/v1/access/login", headers=crossing, json={"login": "a", "password": "b"}
    )
    assert answer.status_code == 403


def test_the_customers_page_is_shown_in_sites_that_are_named_and_no_other_is(planted: Planted) -> None:
    client = Client(create_app(planted.app))
    page = client.get("/embed/customer").headers
    assert "frame-ancestors https://app.example.com" in page["content-security-policy"]
    assert "x-frame-options" not in page
    for path in ("/", "/embedded", "/customers/embed/", "/api/v1/embed/x"):
        headers = client.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"


def test_where_no_site_is_named_none_shows_it(tmp_path: Path) -> None:
    company = SmallApp()
    company.access.settings.embed_origins.clear()
    page = Client(create_app(company)).get("/embed/customer").headers
    assert "frame-ancestors 'none'" in page["content-security-policy"]


def test_nothing_is_told_over_a_websocket(planted: Planted) -> None:
    from starlette.testclient import TestClient
    from starlette.websockets import WebSocketDisconnect

    with (
        pytest.raises(WebSocketDisconnect),
        TestClient(create_app(planted.app)).websocket_connect("/api/v1/overview"),
    ):
        pass


def test_what_was_refused_is_in_the_audit_log(planted: Planted, callers: Any) -> None:
    client = Client(create_app(planted.app))
    planted.app.access.close()  # what was refused so often in this minute that it is only summed is over
    client.get("/api/v1/costs/units", headers=callers["customer"])
    rows = client.get("/api/v1/audit?outcome=refused&action=list_units", headers=callers["owner"]).json()[
        "rows"
    ]
    assert rows[0]["target"] == "GET /api/v1/costs/units"
