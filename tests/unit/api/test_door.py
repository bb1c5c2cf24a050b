import gzip
import sys
from pathlib import Path
from typing import Any

import pytest

from apportion.api import create_app, dashboard
from apportion.api.access import Gate
from apportion.api.cache import AnswerCache, Finished
from unit.api.conftest import Client, SmallApp

REPORT = "/api/v1/costs/customers/acme"


def test_an_answer_is_made_once_for_each_run(client: Client, company: SmallApp) -> None:
    first = client.get(REPORT)
    again = client.get(REPORT)
    assert (company.reads, again.content) == (1, first.content)
    company.key = "run-2"
    assert client.get(REPORT).headers["etag"] != first.headers["etag"]
    assert company.reads == 2


def test_addresses_that_differ_are_answers_that_differ(client: Client, company: SmallApp) -> None:
    one, other = client.get(f"{REPORT}?window=7d"), client.get(f"{REPORT}?window=30d")
    assert one.headers["etag"] != other.headers["etag"]
    assert one.json()["customer"]["cost"] != other.json()["customer"]["cost"]


def test_a_known_answer_is_not_sent_again(client: Client) -> None:
    etag = client.get(REPORT).headers["etag"]
    for given in (etag, f'"other", {etag}', "*"):
        answer = client.get(REPORT, headers={"If-None-Match": given})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
    assert client.get(REPORT, headers={"If-None-Match": '"other"'}).status_code == 200


def test_errors_are_not_kept(client: Client, company: SmallApp) -> None:
    for _ in range(2):
        assert client.get("/api/v1/costs/customers/nobody").status_code == 404
    assert company.reads == 2


@pytest.mark.parametrize("path", ["/api/v1/health", "/api/v1/plan"])
def test_what_changes_without_a_run_is_never_kept(client: Client, path: str) -> None:
    assert "etag" not in client.get(path).headers


@pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 200)])
def test_no_page_from_elsewhere_lets_this_machine_compute(client: Client, site: str, status: int) -> None:
    assert client.get("/api/v1/plan", headers={"Sec-Fetch-Site": site}).status_code == status


def test_answers_are_compressed_for_those_who_take_it(client: Client) -> None:
    plain = client.get(REPORT, headers={"Accept-Encoding": "identity"})
    packed = client.get(REPORT, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding, Cookie, Authorization"
    assert plain.json() == packed.json()
    assert int(packed.headers["content-length"]) == len(gzip.compress(plain.content, 4, mtime=0))


@pytest.mark.parametrize("path", ["/", "/api/v1/overview", "/api/v1/nothing", "/api/v1/health"])
def test_every_answer_is_guarded(client: Client, path: str) -> None:
    for _ in ("made", "kept"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe-eval" not in headers["content-security-policy"]


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8080", "[::2]"]
)
def test_another_name_for_this_machine_is_turned_away(client: Client, company: SmallApp, host: str) -> None:
    answer = client.get(REPORT, headers={"Host": host})
    assert (answer.status_code, answer.headers["content-type"]) == (421, "application/problem+json")
    assert company.reads == 0


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]:8080"])
def test_this_machine_by_its_own_names(client: Client, host: str) -> None:
    assert client.get("/api/v1/health", headers={"Host": host}).status_code == 200


def test_elsewhere_than_on_loopback_any_name_is_good(asking: type[Client], company: SmallApp) -> None:
    answer = asking(create_app(company, loopback=False)).get(
        "/api/v1/health", headers={"Host": "costs.example"}
    )
    assert answer.status_code == 200


def test_the_cache_forgets_the_least_asked_and_other_runs() -> None:
    cache = AnswerCache(max_bytes=800)
    keys = [("run-1", b"", str(n).encode(), b"", False) for n in range(10)]
    for key in keys[:8]:
        cache.put(key, Finished(b"", [], b"x" * 100))
    assert cache.get(keys[0])
    cache.put(keys[8], Finished(b"", [], b"x" * 100))
    assert cache.get(keys[0])
    assert cache.get(keys[1]) is None
    cache.put(keys[9], Finished(b"", [], b"x" * 101))
    assert cache.get(keys[9]) is None
    cache.put(("run-2", b"", b"", b"", False), Finished(b"", [], b"x"))
    assert len(cache) == 1


@pytest.fixture
def built(tmp_path: Path, asking: type[Client], company: SmallApp, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<h1>dashboard</h1>")
    (tmp_path / "assets" / "app-1a2b.js").write_text("1")
    (tmp_path.parent / "secret").write_text("secret")
    monkeypatch.setattr(dashboard, "STATIC", tmp_path)
    return asking(create_app(company))


def test_a_page_of_the_dashboard_is_the_dashboard(built: Client) -> None:
    for path in ("/", "/customers/acme", "/explorer"):
        answer = built.get(path)
        assert (answer.text, answer.headers["cache-control"]) == ("<h1>dashboard</h1>", "no-cache")


@pytest.mark.parametrize("path", ["/%00", "/customers/%00", "/" + "x" * 5000, "/" + "y/" * 2000])
def test_an_address_that_no_page_has_is_not_there(built: Client, path: str) -> None:
    assert built.get(path).status_code == 404


def test_a_long_name_that_is_no_file_is_a_page(built: Client) -> None:
    assert built.get("/" + "x" * 400).status_code == 200


def test_long_addresses_are_not_remembered(company: SmallApp) -> None:
    gate = Gate(create_app(company), company.access, loopback=True)
    path = "".join(["/api/v1/costs/customers/", "x" * 5000])
    before = sys.getrefcount(path)
    assert gate.route("GET", path) == "get_customer"
    assert sys.getrefcount(path) == before


def test_hashed_files_are_kept_for_ever_and_missing_ones_are_missing(built: Client) -> None:
    assert "immutable" in built.get("/assets/app-1a2b.js").headers["cache-control"]
    assert built.get("/assets/app-0000.js").status_code == 404
    assert built.get("/api/nothing").status_code == 404


@pytest.mark.parametrize("path", ["/../secret", "/%2e%2e/secret", "/assets/../../secret", "//etc/passwd"])
def test_nothing_outside_the_folder_is_served(built: Client, path: str) -> None:
    assert "secret" not in built.get(path).text
    assert "root:" not in built.get(path).text


def test_without_a_dashboard_a_page_says_how_to_build_it(
    tmp_path: Path, asking: type[Client], company: SmallApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashboard, "STATIC", tmp_path / "none")
    answer = asking(create_app(company)).get("/customers")
    assert (answer.status_code, "make install" in answer.text) == (200, True)
