"""`apportion access`: people, keys, tokens and the audit log from the command line."""

import io
import re
from pathlib import Path
from typing import Any

import pytest

from unit.cli.conftest import Run

PASSWORD = "seven green bicycles"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What is on the standard input of the next command."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.fixture
def owner(run: Run, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with an owner, whose password came from the environment."""
    monkeypatch.setenv("APPORTION_PASSWORD", PASSWORD)
    said = run("access", "people", "add", "ana", "--role", "owner", "--name", "Ana Souza")
    assert "ana can log in, as owner" in said.out
    monkeypatch.delenv("APPORTION_PASSWORD")
    return workspace


def test_nothing_is_made_by_asking(run: Run, workspace: Path) -> None:
    assert "nobody needs to; only loopback" in run("access", "status").out
    assert run("access", "people", "list", "--format", "json").rows == []
    assert run("access", "keys", "list", "--format", "json").rows == []
    assert run("access", "audit", "list", "--format", "json").rows == []
    assert [path.name for path in workspace.iterdir()] == ["apportion.yaml"]


def test_a_second_person_is_let_in_and_out_again(run: Run, owner: Path, typed: Any) -> None:
    typed("eleven red bicycles\n")
    said = run("access", "people", "add", "ben@example.com", "--role", "team", "--tenant", "payments")
    assert "as team of payments" in said.out
    assert (
        "is finance, active" in run("access", "people", "change", "ben@example.com", "--role", "finance").out
    )
    assert "can log in no longer" in run("access", "people", "disable", "ben@example.com").out
    typed("another long password")
    assert "new password" in run("access", "people", "password", "ana").out
    listed = run("access", "people", "list", "--format", "json").rows
    assert [(row["login"], row["role"], row["state"]) for row in listed] == [
        ("ana", "owner", "active"),
        ("ben@example.com", "finance", "disabled"),
    ]
    assert run("access", "people", "disable", "ana").code == 4  # the last owner


def test_a_password_is_asked_for_and_never_an_argument(run: Run, workspace: Path, typed: Any) -> None:
    typed("")
    said = run("access", "people", "add", "ana", "--role", "owner")
    assert (said.code, "APPORTION_PASSWORD" in said.err) == (2, True)
    typed("too short\n")
    said = run("access", "people", "add", "ana", "--role", "owner")
    assert (said.code, "12 characters" in said.err, "too short" in said.err) == (2, True, False)


def test_a_key_is_printed_alone_and_once(run: Run, owner: Path) -> None:
    said = run("access", "keys", "create", "checkout", "--scope", "ingest", "--scope", "spend", "--days", 30)
    key = said.out.strip()
    assert (key[:4], len(key), "not shown again" in said.err) == ("apn_", 56, True)
    for form in ("table", "json", "csv"):
        listed = run("access", "keys", "list", "--format", form).out
        assert key[:12] in listed
        assert key not in listed
    assert "opens nothing any more" in run("access", "keys", "revoke", key[:12]).out
    assert run("access", "keys", "revoke", key[:12]).code == 4
    assert run("access", "keys", "revoke", "apn_nosuch00").code == 3
    assert run("access", "keys", "create", "x", "--scope", "read", "--team", "a", "--customer", "b").code == 2


def test_a_token_shows_one_customers_page(run: Run, owner: Path) -> None:
    said = run("access", "embed-token", "acme", "--minutes", 5)
    assert said.out.count(".") == 2
    assert "the page of acme until" in said.err
    assert "show nothing any more" in run("access", "rotate", "embed-tokens").out


def test_a_lost_pepper_is_said_clearly_and_can_be_begun_anew(run: Run, owner: Path) -> None:
    run("access", "keys", "create", "checkout", "--scope", "ingest")
    pepper = owner / ".secrets" / "pepper"
    assert pepper.stat().st_mode & 0o777 == 0o600
    assert "holds" in run("access", "status").out
    pepper.unlink()
    said = run("access", "keys", "create", "other", "--scope", "ingest")
    assert (said.code, "is gone" in said.err, "rotate pepper" in said.err) == (4, True, True)
    assert "is gone" in run("access", "status").out
    assert "1 key was revoked" in run("access", "rotate", "pepper", "--yes").out
    assert run("access", "keys", "create", "other", "--scope", "ingest").code == 0


def test_the_audit_log_is_verified_and_its_head_kept_elsewhere(run: Run, owner: Path) -> None:
    run("access", "keys", "create", "checkout", "--scope", "ingest")
    rows = run("access", "audit", "list", "--format", "json").rows
    assert [row["action"] for row in rows] == ["make_key", "add_person"]
    assert "checkout" in run("access", "audit", "list", "--format", "csv").out
    assert f"{rows[0]['target']} (checkout)" in run("access", "audit", "list").out
    said = run("access", "audit", "verify")
    head = said.out.strip()
    assert (said.code, head.partition(":")[0]) == (0, "2")
    assert run("access", "audit", "verify", "--head", head).code == 0
    said = run("access", "audit", "verify", "--head", f"9:{head[2:]}")
    assert (said.code, "cut short" in said.err) == (1, True)
    assert run("access", "audit", "verify", "--head", "x").code == 2


def test_a_tenant_that_nothing_names_is_taken_and_said(run: Run, owner: Path, typed: Any) -> None:
    file = owner / "apportion.yaml"
    file.write_text(file.read_text() + "\ntree: {projects: {shop: {team: payments}}}\n")
    typed("eleven red bicycles\n")
    said = run("access", "people", "add", "ben", "--role", "team", "--tenant", "paymnts")
    assert said.code == 0
    assert "names a team 'paymnts' yet. Did you mean 'payments'?" in said.err
    said = run("access", "people", "change", "ben", "--tenant", "payments")
    assert (said.code, said.err) == (0, "")
    assert "names a team" in run("access", "people", "change", "ben", "--tenant", "nosuch").err
    said = run("access", "keys", "create", "x", "--scope", "read", "--customer", "nosuch")
    assert (said.out[:4], "names a customer 'nosuch' yet." in said.err) == ("apn_", True)
    assert "yet" not in run("access", "keys", "create", "x", "--scope", "read", "--team", "payments").err
    assert "names a customer 'nosuch' yet." in run("access", "embed-token", "nosuch").err


def test_tables_have_times_to_the_second_and_tenants_in_words(run: Run, owner: Path) -> None:
    run("access", "keys", "create", "shop", "--scope", "read", "--customer", "acme", "--days", 9)
    said = run("access", "keys", "list").out
    assert "customer acme" in said
    assert "kind" not in said
    assert re.search(r" \d{4}-\d\d-\d\d \d\d:\d\d:\d\d ", said)
    for command in (["keys", "list"], ["audit", "list"], ["people", "list"]):
        assert not re.search(r"\dT\d|:\d\d\.\d", run("access", *command).out)
