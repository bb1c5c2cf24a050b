"""What is one team's is in no answer to another: no name, no number, in no form, however it is asked for."""

import gzip
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import duckdb
import pytest

from apportion.access import Tenant
from apportion.access.errors import Forbidden
from apportion.api import create_app
from apportion.app import tenants
from apportion.app.narrowed import narrowed
from planted import ALPHA, BRAVO, Planted
from unit.api.conftest import Client

V1 = "/api/v1"
GROUPS = ("team", "service", "customer", "environment", "source", "team,service", "service,customer")
FIELDS = (
    *GROUPS,
    "ServiceName",
    "SubAccountId,RegionId",
    "ResourceId",
    "ChargeDescription",
    "target",
    "rule,node",
)
FILTERS = (
    "",
    '{"team":["*"]}',
    f'{{"team":["{BRAVO}"]}}',
    '{"not":{"team":["nobody"]}}',
    f'{{"or":[{{"team":["{BRAVO}*"]}},{{"service":["*"]}}]}}',
    '{"customer":["BRAVO*"]}',
)
NOBODY = "OBRAV-ZQT"
"""A name as much like others as Bravo's."""

LARGE = re.compile(r"(?<![\w.])-?\d{8,}(?=\.\d)|(?<![\w.\"-])\d{9,}(?![\w.-])")
"""A number that only Bravo's can make: eight digits and more before the point, or nine and more."""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    return Planted(tmp_path_factory.mktemp("planted"))


@pytest.fixture(scope="module")
def people(planted: Planted) -> dict[str, Any]:
    return {
        "owner": planted.person("owner"),
        "team": planted.person("team", ALPHA),
        "other team": planted.key("read", tenant=("team", BRAVO)),
        "customer": planted.key("read", tenant=("customer", "alpha-customer")),
        "other customer": planted.key("read", tenant=("customer", f"{BRAVO}-customer")),
        "embedded page": planted.embedded("alpha-customer"),
    }


@pytest.fixture(scope="module")
def client(planted: Planted, people: dict[str, Any]) -> Client:
    return Client(create_app(planted.app))


def queries() -> Iterator[str]:
    for n, fields in enumerate(FIELDS):
        for perspective in ("", "&perspective=team") if n % 2 else ("",):
            asked = f"group_by={fields}{perspective}"
            grain = (
                "&grain=day&compare=previous_period&window=2026-09-25..2026-10-10" if n % 2 else "&limit=1"
            )
            yield f"/costs/query?{asked}{grain}"
            if n % 3 == 0:
                yield f"/costs/forecast?{asked}&limit=1&horizon=90d"
    for n, text in enumerate(FILTERS):
        asked = quote(text)
        yield f"/costs/query?group_by=team,service&filter={asked}"
        yield f"/costs/query?group_by=team,service&perspective=team&filter={asked}"
        yield f"/{'costs/forecast' if n % 2 else 'explain'}?filter={asked}"
    yield from (
        f"/costs/query?group_by=service&grain={grain}&window=7d" for grain in ("hour", "week", "month")
    )
    yield from (f"/costs/query?metric={metric}" for metric in ("BilledCost", "ListCost", "x"))
    wrong = ("group_by=x", "perspective=x", "perspective=customer", "filter=x", "window=1999-01")
    yield from (f"/costs/query?{each}" for each in wrong)
    yield "/costs/forecast?currency=JPY"


def reports() -> Iterator[str]:
    yield "/dimensions"
    yield from (f"/costs/trend?by={by}" for by in ("team", "service", "customer", "x"))
    yield from (f"/costs/trend?{more}" for more in ("days=5", "currency=JPY", "metric=BilledCost"))
    yield "/costs/forecast?method=theta&group_by=customer"
    yield "/explain"
    for target in ("", f"&target={BRAVO}"):
        for more in ("", "&rule=own", "&rule=shared halves", "&day=2026-09-20", "&team=(shared)"):
            yield f"/explain?perspective=team{target}{more}"
    for target in (f"{BRAVO}-platform", "alpha-ZQ", "BRAVO", "(idle)", "(unallocated)"):
        yield f"/explain?perspective=team&target={target}"
    yield f"/explain?perspective=customer&target={BRAVO}-customer"
    yield from (f"/explain?ServiceName={name}" for name in ("Compute", "Databases"))
    yield from (f"/explain?ServiceName={name}Compute&day=2026-09-20" for name in ("", f"{BRAVO}-"))


def operations() -> Iterator[str]:
    for more in (
        "",
        "team=x",
        f"team={BRAVO}",
        f"project={BRAVO}-project",
        "customer=alpha-customer",
        "window=2026-10",
    ):
        yield f"/operations/overview?{more}"
        yield f"/operations/tree?{more}"
        yield f"/operations?limit=7&{more}"
        yield f"/operations/breakdown?by=team&limit=1&{more}"
    yield from (
        f"/operations/breakdown?by={by}"
        for by in ("project", "customer,feature", "model", "user", f"{BRAVO}-own", "prompt,variant", "x")
    )
    yield from (
        f"/operations/tree?level={level}" for level in ("organization", "project", "user", "call", "x")
    )
    yield from (f"/operations/variants?prompt={name}" for name in ("greeting", f"{BRAVO}-prompt", "x"))
    yield from (f"/operations/{name}" for name in ("alpha-3", f"{BRAVO}-1-0", f"{BRAVO}-last", "x"))
    yield "/operations?currency=JPY"
    yield "/operations/overview?x=y"


def budgets() -> Iterator[str]:
    yield from ("/budgets", "/budgets?limit=1", "/budgets?cursor=1", "/budgets?cursor=x", "/budgets/check")
    for name in ("teams", "company", "shared", "bravo_alone", "x"):
        for entity in ("", f"?entity={ALPHA}", '?entity={"team":"BRAVO-ZQT"}'):
            yield f"/budgets/{name}{entity}"
    for asked in (f"team={ALPHA}", f"team={BRAVO}", f"project={BRAVO}-project", f"customer={BRAVO}-customer"):
        yield f"/budgets/check?{asked}"
    yield from (f"/budgets/check?estimate={amount}" for amount in ("1", "999", "99999999"))


def of_customers() -> Iterator[str]:
    for name in ("alpha-customer", f"{BRAVO}-customer", "nobody"):
        yield f"/entitlements/{name}"
        yield f"/entitlements/{name}?feature=chat"
        yield f"/entitlements/{name}?feature={BRAVO}-feature"
        yield f"/customers/{name}/usage"
        yield f"/customers/{name}/usage?window=90d"
        yield f"/budgets/check?customer={name}"
        yield f"/credits/{name}"
    yield from (
        "/budgets/check",
        "/budgets/check?estimate=5",
        f"/budgets/check?team={ALPHA}",
        "/access/me",
        "/health",
    )
    yield from ("/budgets", "/budgets/shared", "/plans", "/credits")


ALLOWED = sorted({*queries(), *reports(), *operations(), *budgets()})
OF_TEAMS = [path for path in ALLOWED if not path.startswith("/budgets/check")]
OF_CUSTOMERS = sorted(of_customers())
CLOSED = (
    *(
        "/overview",
        "/costs/customers",
        f"/costs/customers/{BRAVO}-customer",
        "/costs/services",
        "/costs/teams",
    ),
    *(
        "/search?q=BRAVO",
        "/flow",
        "/loads",
        "/runs",
        "/sources",
        "/reconciliation",
        "/costs/units",
        "/bridge",
    ),
    *("/operations/export", "/operations/margin", "/operations/what-if?model=gpt-4o", "/operations/true-up"),
    *("/explain/usage", "/explain/customers/alpha-customer", "/costs/anomalies", "/alerts", "/suggestions"),
    *("/access/people", "/access/keys", "/audit", "/rates", "/jobs", "/plan", "/openapi.json"),
)


ANEW = ("/operations", "/budgets", "/costs/forecast")
"""What is never kept."""

KEPT = ("/overview", "/costs/customers", "/costs/teams", "/search?q=BRAVO", "/loads")
"""What the owner asks before, so that it is there already."""


def told(answer: Any) -> str:
    """All of an answer, headers too, but for what the question itself said."""
    asked = {unquote(str(answer.request.url)), unquote(answer.request.url.path)}
    words = {word for text in asked for word in re.findall(r"(?i)[\w.*-]*BRAVO[\w.*-]*", text)}
    text = "\n".join([*(f"{name}: {value}" for name, value in answer.headers.items()), unquote(answer.text)])
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    return text


def leaks(answer: Any) -> list[str]:
    text = told(answer)
    return [*re.findall(r".{0,60}BRAVO.{0,60}", text, re.IGNORECASE), *LARGE.findall(text)]


def test_the_marks_are_in_what_an_owner_is_told(client: Client, people: dict[str, Any]) -> None:
    """So that looking for them finds them."""
    for path in (
        "/costs/query?group_by=team",
        "/operations/overview?",
        "/dimensions",
        "/costs/forecast?group_by=team",
    ):
        answer = client.get(f"{V1}{path}", headers=people["owner"])
        assert re.search("BRAVO", told(answer)), path
        assert LARGE.search(told(answer)), path


@pytest.mark.parametrize("path", ALLOWED)
def test_nothing_of_another_team_is_told(
    client: Client, people: dict[str, Any], path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """After the owner or the other team has asked the same, so that what was kept is theirs."""
    others = people["owner" if ALLOWED.index(path) % 4 else "other team"]
    whole = None if path.startswith(ANEW) else client.get(f"{V1}{path}", headers=others)
    with caplog.at_level(logging.DEBUG, logger="apportion"):
        answer = client.get(f"{V1}{path}", headers=people["team"])
    assert [record.getMessage() for record in caplog.records if record.name.startswith("apportion")] == []
    assert answer.status_code in (200, 403, 404, 422)
    assert leaks(answer) == []
    if "etag" in answer.headers and whole:
        assert answer.headers["etag"] != whole.headers.get("etag")
    assert answer.headers["cache-control"].startswith("private")
    assert {"Cookie", "Authorization"} <= set(re.split(", *", answer.headers["vary"]))


@pytest.mark.parametrize("path", ALLOWED[::9])
def test_in_no_other_form_either(client: Client, people: dict[str, Any], path: str) -> None:
    joined = f"{V1}{path}{'&' if '?' in path else '?'}format=csv"
    whole = client.get(joined, headers=people["owner"])
    for more in ({}, {"Accept-Encoding": "identity"}, {"If-None-Match": whole.headers.get("etag", "x")}):
        answer = client.get(joined, headers={**people["team"], **more})
        assert answer.status_code in (200, 403, 404, 422)
        assert leaks(answer) == []
    assert leaks(client.request("HEAD", joined, headers=people["team"])) == []


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("who", ["team", "customer"])
def test_what_cannot_be_narrowed_is_closed(
    client: Client, people: dict[str, Any], path: str, who: str
) -> None:
    if path in KEPT:
        client.get(f"{V1}{path}", headers=people["owner"])
    answer = client.get(f"{V1}{path}", headers=people[who])
    assert (answer.status_code, leaks(answer)) == (403, [])


@pytest.mark.parametrize("path", OF_CUSTOMERS)
def test_nothing_of_another_customer_is_told(client: Client, people: dict[str, Any], path: str) -> None:
    for more in ("", f"{'&' if '?' in path else '?'}format=csv"):
        client.get(f"{V1}{path}{more}", headers=people["other customer"])
        for who in ("embedded page", "customer") if not more else ("customer",):
            answer = client.get(f"{V1}{path}{more}", headers=people[who])
            assert answer.status_code in (200, 403, 404, 422)
            assert leaks(answer) == []
            assert not re.search("cost|margin|spent|USD", answer.text.replace('"cost":null', "")), answer.text
            if "BRAVO" in path or "nobody" in path:
                assert answer.status_code == (200 if "feature" in path and "alpha" in path else 403)


@pytest.mark.parametrize("path", OF_TEAMS[::9])
def test_a_customer_is_shown_no_cost(client: Client, people: dict[str, Any], path: str) -> None:
    answer = client.get(f"{V1}{path}", headers=people["customer"])
    assert (answer.status_code, leaks(answer)) == (403, [])


@pytest.mark.parametrize(
    "query",
    [
        {"group_by": ["team", "service"]},
        {"group_by": ["target"], "perspective": "team"},
        {"group_by": ["customer"], "filter": {"team": [BRAVO]}},
        {"group_by": ["ResourceId"], "grain": "day", "window": "7d"},
        {"perspective": "customer"},
    ],
)
def test_nothing_is_told_to_who_posts(client: Client, people: dict[str, Any], query: dict[str, Any]) -> None:
    for format_ in ("json", "csv"):
        path = f"{V1}/costs/query?format={format_}"
        client.request("POST", path, json=query, headers=people["owner"])
        answer = client.request("POST", path, json=query, headers=people["team"])
        assert answer.status_code in (200, 422)
        assert leaks(answer) == []


def test_every_link_that_is_given_leads_to_ones_own(client: Client, people: dict[str, Any]) -> None:
    """From what a team is told down to single line items: each level adds up, and the last of it is Alpha's."""
    found = client.get(f"{V1}/costs/query?group_by=target&perspective=team", headers=people["team"]).json()
    waiting = [row["explain"] for row in found["rows"]]
    seen, lines, closed = 0, 0, 0
    while waiting and seen < 60:
        answer = client.get(waiting.pop(), headers=people["team"])
        seen += 1
        assert leaks(answer) == []
        if answer.status_code == 403:
            closed += 1
            continue
        body = answer.json()
        if body["level"] in ("rules", "pools"):
            waiting += [_opened(answer, part) for part in body["parts"] if part["pins"]]
        elif body["level"] == "days":
            waiting += [_opened(answer, part) for part in body["parts"][:1] if part["pins"]]
        elif body["level"] == "line_items":
            lines += len(body["parts"])
            assert body["basis"] is None or "own" in json.dumps(body["basis"])
    assert lines >= 2
    assert closed == 0


def test_by_whose_use_a_pool_was_divided_is_told_to_who_sees_all(
    client: Client, people: dict[str, Any]
) -> None:
    asked = f"{V1}/explain?perspective=team&target={ALPHA}&rule=by use&window=2026-09&day=2026-09-05"
    [pool] = client.get(asked, headers=people["team"]).json()["parts"]
    pinned = "&".join(
        f"{name}={quote(value)}" for name, value in pool["pins"].items() if name not in ("rule", "day")
    )
    whole, own = (client.get(f"{asked}&{pinned}", headers=people[who]) for who in ("owner", "team"))
    assert LARGE.search(json.dumps(whole.json()["basis"]))
    assert (own.json()["level"], own.json()["basis"], leaks(own)) == ("line_items", None, [])
    assert own.json()["parts"] == whole.json()["parts"]


def _opened(answer: Any, part: dict[str, Any]) -> str:
    url = answer.request.url
    return f"{url.path}?{url.copy_merge_params(part['pins']).query.decode()}"


def test_a_line_item_of_what_others_share_is_closed(client: Client, people: dict[str, Any]) -> None:
    asked = f"{V1}/explain?perspective=team&target={ALPHA}&rule=shared halves&window=2026-09"
    pools = client.get(asked, headers=people["team"]).json()
    [pool] = pools["parts"]
    assert pool["pins"]["team"] == "(shared)"
    assert (pool["pins"]["service"], pool["amount"]) == ("shared-db", "150.000000000000")
    pinned = "&".join(f"{name}={value}" for name, value in pool["pins"].items())
    days = client.get(
        f"{V1}/explain?perspective=team&target={ALPHA}&window=2026-09&{pinned}", headers=people["team"]
    )
    assert {part["pins"] for part in days.json()["parts"]} == {None}
    day = f"{V1}/explain?perspective=team&target={ALPHA}&window=2026-09&{pinned}&day=2026-09-05"
    assert client.get(day, headers=people["team"]).status_code == 403


def test_whether_another_team_is_there_is_not_told(client: Client, people: dict[str, Any]) -> None:
    """An answer about a team that is there and one about a team that is not differ by the name alone."""
    for path in (
        "/costs/query?group_by=service&filter={{%22team%22:[%22{0}%22]}}",
        "/explain?perspective=team&target={0}",
        "/explain?team={0}",
        "/operations/overview?team={0}",
        "/operations/tree?team={0}",
        "/operations/{0}-1-0",
        "/operations/variants?prompt={0}-prompt",
        "/operations/breakdown?by={0}-own",
        "/costs/forecast?filter={{%22team%22:[%22{0}%22]}}",
    ):
        there, nobody = (
            client.get(V1 + path.format(name), headers=people["team"]) for name in (BRAVO, NOBODY)
        )
        assert there.status_code == nobody.status_code, path
        assert there.text.replace(BRAVO, NOBODY) == nobody.text, path


def test_names_that_a_question_may_use_are_ones_own(client: Client, people: dict[str, Any]) -> None:
    found = client.get(f"{V1}/dimensions", headers=people["team"]).json()
    assert found["perspectives"] == [{"name": "team", "to": "team"}]
    assert (found["measures"], found["currencies"]) == ([], ["USD"])


def test_an_etag_of_anothers_answer_is_not_known(client: Client, people: dict[str, Any]) -> None:
    path = f"{V1}/costs/query?group_by=team"
    mine = client.get(path, headers=people["team"])
    for who in ("owner", "other team"):
        theirs = client.get(path, headers=people[who])
        asked = client.get(path, headers={**people["team"], "If-None-Match": theirs.headers["etag"]})
        assert (asked.status_code, asked.text) == (200, mine.text)
    again = client.get(path, headers={**people["team"], "If-None-Match": mine.headers["etag"]})
    assert again.status_code == 304


def test_what_is_kept_compressed_is_kept_apart(client: Client, people: dict[str, Any]) -> None:
    path, packed = f"{V1}/costs/trend?by=service", {"Accept-Encoding": "gzip"}
    whole = client.get(path, headers={**people["owner"], **packed})
    own = client.get(path, headers={**people["team"], **packed})
    assert whole.headers["content-encoding"] == own.headers["content-encoding"] == "gzip"
    assert "BRAVO" in whole.text
    assert "BRAVO" not in own.text
    assert int(own.headers["content-length"]) == len(gzip.compress(own.content, 4, mtime=0))


def test_the_log_of_a_fault_is_for_who_runs_it(
    client: Client, planted: Planted, people: dict[str, Any], monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def broken(*_: Any) -> Any:
        raise ValueError(f"a fault about {BRAVO}")

    monkeypatch.setattr(planted.app, "team_reader", broken)
    with caplog.at_level(logging.ERROR):
        answer = client.get(f"{V1}/costs/query?group_by=team&window=3d", headers=people["team"])
    assert (answer.status_code, leaks(answer)) == (500, [])


def test_what_others_do_changes_nothing_that_a_team_is_told(planted: Planted, tmp_path: Path) -> None:
    """The same company with another Bravo: other names, more money, another currency, more calls, later ones."""
    changed = Planted(tmp_path / "changed", "CHARLIE-ZQT", scale=3)
    asked = [path for path in ALLOWED if "BRAVO" not in unquote(path)][::3]
    ways = [(Client(create_app(each.app)), _in(each)) for each in (planted, changed)]
    for path in asked:
        first, second = _told(ways, path)
        if first != second:  # a forecast goes by the minute, and one may have ended in between
            first, second = _told(ways, path)
        assert first == second, path


def _told(ways: list[Any], path: str) -> list[tuple[int, str]]:
    answers = [client.get(f"{V1}{path}", headers=headers) for client, headers in ways]
    return [(answer.status_code, _plain(answer.text)) for answer in answers]


def _in(company: Planted) -> Any:
    if not company.app.access.configured:
        company.person("owner")
    return company.key("read", tenant=("team", ALPHA))


def _plain(text: str) -> str:
    """Without what differs with every run: its name, its time, when an operation came, and with now."""
    return re.sub(r'"(run_id|loaded_at|received|as_of|rules_version|rule_version)":"[^"]*"', "", text)


def test_relations_of_a_team_hold_nothing_else(planted: Planted) -> None:
    """All of them, whatever a report may ask for one day."""
    for opened in (planted.app.team_reader, planted.app.team_operations):
        with opened(ALPHA) as (con, _):
            names = con.execute(
                "SELECT table_name FROM duckdb_columns() WHERE schema_name = 'main'"
            ).fetchall()
            for (name,) in set(names):
                rows = con.execute(f'SELECT * FROM "{name}"').fetchall()
                assert not re.search("BRAVO", str(rows), re.IGNORECASE), name
            with pytest.raises(duckdb.CatalogException):
                con.execute("SELECT * FROM told_operations")


def test_a_database_is_there_as_long_as_it_is_read(planted: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenants, "MOST", 1)
    with planted.app.team_reader(ALPHA) as (con, _):
        for other in ("one", "two"):
            with planted.app.team_reader(other) as (elsewhere, facts):
                assert elsewhere.execute("SELECT count(*) FROM daily_costs").fetchone() == (0,)
                assert facts.currencies == ()
        assert con.execute("SELECT count(*) FROM daily_costs").fetchone() != (0,)
    assert len(planted.app._of_tenants) == 1


@pytest.mark.parametrize("name", ["", "(none)", "(unallocated)", "(idle)", "(shared)", "alpha\0"])
def test_what_is_nobodys_is_no_tenants(planted: Planted, name: str) -> None:
    with pytest.raises(Forbidden):
        narrowed(planted.app, Tenant("team", name))


@pytest.mark.parametrize("name", ["x' OR '1'='1", "alpha-ZQT'--", 'alpha-ZQT"', "alpha%", "*"])
def test_a_name_is_a_name_whatever_it_looks_like(planted: Planted, name: str) -> None:
    with planted.app.team_reader(name) as (con, _):
        assert con.execute("SELECT count(*) FROM daily_costs").fetchone() == (0,)
        assert con.execute("SELECT count(*) FROM allocations").fetchone() == (0,)
