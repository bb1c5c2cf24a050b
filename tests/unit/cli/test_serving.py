"""`apportion serve`: who may be listened to, and what is said before."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from apportion.access import LOCAL
from apportion.app import App
from unit.cli.conftest import Run


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the server was started with, instead of a server."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(uvicorn, "run", lambda app, **given: found.append({"app": app, **given}))
    return found


@pytest.fixture
def owned(workspace: Path) -> Path:
    """A workspace with an owner."""
    app = App(workspace)
    app.access.people.add(LOCAL, "ana", "owner", "seven green bicycles", datetime.now(UTC))
    app.access.close()
    return workspace


def test_without_an_owner_only_this_machine_is_served(run: Run, workspace: Path, served: Any) -> None:
    refused = run("serve", "--host", "0.0.0.0", "--no-jobs")
    assert (refused.code, served) == (4, [])
    assert "--role owner" in refused.err
    assert run("serve", "--no-jobs").code == 0
    assert (served[0]["host"], served[0]["proxy_headers"]) == ("127.0.0.1", False)


def test_with_an_owner_every_address_is_served_with_a_word_of_warning(
    run: Run, owned: Path, served: Any
) -> None:
    found = run("serve", "--host", "0.0.0.0", "--no-jobs")
    assert (found.code, served[0]["host"]) == (0, "0.0.0.0")
    assert "in the clear" in found.err


def test_only_a_proxy_that_is_named_is_believed(run: Run, owned: Path, served: Any) -> None:
    run("serve", "--host", "0.0.0.0", "--no-jobs")
    found = run("serve", "--host", "0.0.0.0", "--no-jobs", "--forwarded-allow-ips", "10.0.0.5")
    assert [one["proxy_headers"] for one in served] == [False, True]
    assert served[1]["forwarded_allow_ips"] == "10.0.0.5"
    assert "in the clear" not in found.err
