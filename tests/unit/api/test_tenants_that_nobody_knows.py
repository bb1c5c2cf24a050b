"""A team or customer that nothing names may be a slip: it is taken, and said."""

import json
from pathlib import Path
from typing import Any

import pytest

from apportion.access import Tenant
from apportion.api import create_app
from apportion.app import App
from planted import ALPHA, BRAVO, PASSWORD, Planted
from unit.api.conftest import Client


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    return Planted(tmp_path_factory.mktemp("planted"))


@pytest.mark.parametrize(
    ("tenant", "known", "like"),
    [
        (Tenant("team", ALPHA), True, ALPHA),  # by the tree
        (Tenant("team", f"{BRAVO}-platform"), True, f"{BRAVO}-platform"),  # by the bill alone
        (Tenant("customer", "alpha-customer"), True, "alpha-customer"),
        (Tenant("team", "alpha-zqt"), False, ALPHA),
        (Tenant("customer", "alpha-custmer"), False, "alpha-customer"),
        (Tenant("team", "alpha-customer"), False, ""),
        (Tenant("team", "(none)"), False, ""),
    ],
)
def test_who_is_known_and_who_is_called_like_that(
    planted: Planted, tenant: Tenant, known: bool, like: str
) -> None:
    assert planted.app.knows_tenant(tenant) is known
    assert planted.app.tenant_like(tenant) == like


def test_a_customer_that_only_its_operations_name_is_known(tmp_path: Path) -> None:
    (tmp_path / "apportion.yaml").write_text("company: Small\n")
    app = App(tmp_path)
    assert not app.knows_tenant(Tenant("customer", "acme"))
    call: dict[str, Any] = {
        "id": "a",
        "time": "2026-10-01T09:00:00Z",
        "provider": "openai",
        "model": "gpt-4o",
    }
    call |= {"input_tokens": 1, "customer": "acme", "team": "chat"}
    app.post_operations(json.dumps({"operations": [call]}).encode())
    assert app.knows_tenant(Tenant("customer", "acme"))
    assert app.knows_tenant(Tenant("team", "chat"))
    assert not app.knows_tenant(Tenant("team", "acme"))
    app.stop()


def test_whoever_makes_an_account_a_key_or_a_token_hears_whether_the_tenant_is_known(
    planted: Planted,
) -> None:
    client, owner = Client(create_app(planted.app)), planted.person("owner")

    def known(path: str, **given: Any) -> bool:
        answer = client.request("POST", f"/api/v1/access/{path}", headers=owner, json=given)
        assert answer.status_code == 201, answer.text
        found: bool = answer.json()["known"]
        return found

    person = {"password": PASSWORD, "role": "team"}
    assert known("people", login="a1", tenant=ALPHA, **person)
    assert not known("people", login="a2", tenant="alpha-zqtt", **person)
    assert known("people", login="a3", role="viewer", password=PASSWORD)
    key = {"name": "k", "scopes": ["read"]}
    assert known("keys", **key)
    assert known("keys", **key, tenant={"kind": "customer", "name": "alpha-customer"})
    assert not known("keys", **key, tenant={"kind": "team", "name": "alpha-customer"})
    assert known("embed-tokens", customer="alpha-customer")
    assert not known("embed-tokens", customer="nosuch")


def test_whoever_belongs_to_a_customer_hears_nothing_of_others(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even by how long it takes to look: nobody looks."""
    monkeypatch.setattr(planted.app, "knows_tenant", None)
    client, own = Client(create_app(planted.app)), planted.key("embed", tenant=("customer", "alpha-customer"))
    asked = [
        client.request("POST", "/api/v1/access/embed-tokens", headers=own, json={"customer": name})
        for name in ("alpha-customer", f"{BRAVO}-customer", "nosuch")
    ]
    assert [answer.status_code for answer in asked] == [201, 403, 403]
    assert asked[1].json() == asked[2].json()
