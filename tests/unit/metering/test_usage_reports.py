"""Usage reports of OpenAI and Anthropic become operations: counted once, priced right, and never twice."""

import gzip
import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apportion.app import App
from apportion.core.errors import BadInput, Refused, Terminal, Transient
from apportion.core.patience import Patience
from apportion.economics.operations import Asked, operations_what_if
from apportion.metering.reports import ReportReceipt
from servers.ai_admin import ANTHROPIC_USAGE, KEY, OPENAI_USAGE, Admin, Answer, as_json

EMBEDDINGS = "/v1/organization/usage/embeddings"
M = Decimal(1_000_000)
ASKED = {
    "openai": {"start_time": ["1756684800"], "end_time": ["1756857600"]},  # 2025-09-01 and 02
    "anthropic": {"starting_at": ["2025-09-01T00:00:00Z"], "ending_at": ["2025-09-03T00:00:00Z"]},
}


def used(model: str = "gpt-4o-2024-08-06", **more: Any) -> dict[str, Any]:
    """A result of OpenAI's completions."""
    return {
        "object": "organization.usage.completions.result", "input_tokens": 1000, "input_cached_tokens": 600,
        "output_tokens": 200, "input_audio_tokens": 0, "output_audio_tokens": 0, "num_model_requests": 4,
        "project_id": "proj_shop", "user_id": "user-mia", "api_key_id": "key_1", "model": model,
        "batch": False, "service_tier": "default", **more,
    }  # fmt: skip


def message(**more: Any) -> dict[str, Any]:
    """A result of Anthropic's messages: 1,000 tokens read, of them 300 fresh, 600 cached and 100 written."""
    return {
        "uncached_input_tokens": 300, "cache_read_input_tokens": 600, "output_tokens": 200,
        "cache_creation": {"ephemeral_5m_input_tokens": 60, "ephemeral_1h_input_tokens": 40},
        "server_tool_use": {"web_search_requests": 0}, "workspace_id": "wrkspc_shop", "api_key_id": "apikey_1",
        "model": "claude-sonnet-4-5-20250929", "service_tier": "standard", "context_window": "0-200k",
        "inference_geo": "not_available", **more,
    }  # fmt: skip


@pytest.fixture
def app(tmp_path: Path) -> App:
    (tmp_path / "apportion.yaml").write_text("company: Fernway\n")
    return App(tmp_path)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ADMIN_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_ADMIN_KEY", KEY)


def saved(
    folder: Path,
    provider: str,
    *told: tuple[str, dict[str, Any]],
    width: str = "1h",
    name: str = "usage.json",
) -> Path:
    """A page of buckets `width` wide, each result in the bucket that begins at its time."""
    admin, path = Admin(), folder / name
    where = OPENAI_USAGE if provider == "openai" else ANTHROPIC_USAGE
    for time, result in told:
        admin.tell(where, time, result)
    asked = {**ASKED[provider], "bucket_width": [width], "limit": ["168"], "group_by[]": ["model"]}
    path.write_text(as_json(admin.page(where, asked)))
    return path


def shown(app: App, columns: str) -> list[tuple[Any, ...]]:
    with app.operations_reader() as con:
        return con.execute(f"SELECT {columns} FROM operations ORDER BY time, cost").fetchall()


def imported(app: App, path: Path, *, beside: bool = False) -> ReportReceipt:
    receipt = app.import_operations(path, beside=beside)
    assert isinstance(receipt, ReportReceipt)
    return receipt


def test_openai_tells_inclusive_counts_and_how_many_calls_they_were(app: App, tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        "openai",
        ("2025-09-01T10:00", used()),
        ("2025-09-01T10:00", used(batch=True, service_tier=None, user_id=None)),
        (
            "2025-09-02T23:00",
            used("gpt-4o-audio-preview", input_audio_tokens=100, input_cached_audio_tokens=50),
        ),
    )
    receipt = imported(app, path)
    assert (receipt.accepted, receipt.repeated, receipt.rejected, receipt.notes) == (3, 0, [], [])
    cost = (400 * Decimal("2.50") + 600 * Decimal("1.25") + 200 * 10) / M
    batch = (1000 * Decimal("1.25") + 200 * 5) / M  # the list has no price for what batches read from a cache
    found = shown(
        app,
        'source, provider, operation, project, "user", model, batch, requests, input_tokens, cache_read_tokens, output_tokens, cost, dimensions',
    )
    assert found[:2] == [
        (
            "openai",
            "openai",
            "chat",
            "proj_shop",
            None,
            "gpt-4o-2024-08-06",
            True,
            4,
            1000,
            600,
            200,
            batch,
            {"api_key_id": "key_1"},
        ),
        (
            "openai",
            "openai",
            "chat",
            "proj_shop",
            "user-mia",
            "gpt-4o-2024-08-06",
            False,
            4,
            1000,
            600,
            200,
            cost,
            {"api_key_id": "key_1"},
        ),
    ]
    assert shown(app, "time::TEXT, input_audio_tokens, cache_audio_read_tokens")[2] == (
        "2025-09-02 23:00:00+00",
        150,
        50,
    )
    assert imported(app, path).repeated == 3


def test_anthropic_counts_apart_so_input_is_their_sum(app: App, tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        "anthropic",
        ("2025-09-01T10:00", message()),
        ("2025-09-01T11:00", message(service_tier="batch", inference_geo="us", account_id="user_mia")),
    )
    assert imported(app, path).accepted == 2
    cost = (300 * 3 + 600 * Decimal("0.30") + 60 * Decimal("3.75") + 40 * 6 + 200 * 15) / M
    columns = 'provider, project, "user", region, batch, requests, input_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens, cost, price_state'
    assert shown(app, columns) == [
        ("anthropic", "wrkspc_shop", None, None, False, None, 1000, 600, 100, 40, cost, "priced"),
        ("anthropic", "wrkspc_shop", "user_mia", "us", True, None, 1000, 600, 100, 40, cost / 2, "priced"),
    ]  # fmt: skip
    assert shown(app, "dimensions")[0] == ({"api_key_id": "apikey_1", "context_window": "0-200k"},)


def test_many_short_calls_are_not_priced_as_a_long_one(app: App, tmp_path: Path) -> None:
    many = {"cache_read_input_tokens": 0, "cache_creation": {}, "uncached_input_tokens": 900_000}
    path = saved(
        tmp_path,
        "anthropic",
        ("2025-09-01T10:00", message(**many)),
        ("2025-09-01T11:00", message(**many, context_window="200k-1M")),
        ("2025-09-01T12:00", message(**many, context_window=None)),
    )
    receipt = imported(app, path)
    short, long = (900_000 * Decimal(3) + 200 * 15) / M, (900_000 * Decimal(6) + 200 * Decimal("22.5")) / M
    assert shown(app, "cost, price_state") == [(short, "priced"), (long, "priced"), (long, "estimated")]
    assert [note.split(":")[0] for note in receipt.notes] == ["1 groups do not say their context window"]
    assert app.reprice_operations({}, put=False) == []
    with app.operations_asked() as (con, facts):
        asked = Asked.of(facts, "2025-09-01..2025-09-02")
        (same,) = operations_what_if(con, asked, app.rate_card, ["claude-sonnet-4-5"]).alternatives
    assert same.cost_then == same.cost_now == short + long + long


@pytest.mark.parametrize("form", ["lines", "gzip"])
def test_other_ways_to_save_a_report(form: str, app: App, tmp_path: Path) -> None:
    page = saved(tmp_path, "openai", ("2025-09-01T10:00", used())).read_text()
    path = tmp_path / ("usage.jsonl" if form == "lines" else "usage.json.gz")
    path.write_bytes(f"{page}\n{page}\n".encode() if form == "lines" else gzip.compress(page.encode()))
    assert imported(app, path).accepted == 1


def test_the_consoles_exports_say_the_same(app: App, tmp_path: Path) -> None:
    claude, openai = tmp_path / "claude.csv", tmp_path / "completions.csv"
    claude.write_text(
        "usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,"
        "usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,"
        "usage_output_tokens,web_search_count,inference_geo,speed\n"
        "2025-09-01,claude-sonnet-4-5-20250929,shop,Default,standard,≤ 200k,300,60,40,600,200,0,not_available,\n"
        "2025-09-01,claude-sonnet-4-5-20250929,shop,Default,batch,> 200k,900000,0,0,0,0,0,not_available,\n"
    )
    openai.write_text(
        "start_time,end_time,start_time_iso,end_time_iso,project_id,num_model_requests,user_id,api_key_id,model,batch,"
        "service_tier,input_tokens,output_tokens,input_cached_tokens\n"
        "1756684800,1756771200,2025-09-01,2025-09-02,proj_shop,4,user-mia,key_1,gpt-4o-2024-08-06,False,default,1000,200,600\n"
        "1756771200,1756857600,2025-09-02,2025-09-03,,,,,,,,,,\n"
    )
    assert (imported(app, claude).accepted, imported(app, openai).accepted) == (2, 1)
    full, long = (
        (300 * 3 + 600 * Decimal("0.30") + 60 * Decimal("3.75") + 40 * 6 + 200 * 15) / M,
        Decimal("2.7"),
    )
    assert shown(app, "source, project, batch, requests, cost, dimensions['context_window']") == [
        ("openai", "proj_shop", False, 4, Decimal("0.00375"), None),
        ("anthropic", "Default", False, None, full, "0-200k"),
        ("anthropic", "Default", True, None, long, "200k-1M"),
    ]
    (tmp_path / "cost.csv").write_text("usage_date_utc,model,cost_usd\n2025-09-01,Claude Haiku 4.5,1\n")
    with pytest.raises(BadInput, match="which is a bill"):
        app.import_operations(tmp_path / "cost.csv")
    openai.write_text(openai.read_text() + "soon,,,,,,,,,,,,,\n")
    with pytest.raises(BadInput, match=r"completions\.csv, line 4"):
        app.import_operations(openai)


def test_operations_a_line_are_still_operations(app: App, tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_text('{"id": "a", "model": "gpt-4o"}\n{"id": "b", "model": "gpt-4o"}\n')
    receipt = app.import_operations(path)
    assert (receipt.accepted, isinstance(receipt, ReportReceipt)) == (2, False)


def test_what_still_grew_when_it_was_saved_is_left_for_later(app: App, tmp_path: Path) -> None:
    path = saved(tmp_path, "openai", ("2025-09-01T10:00", used()), ("2025-09-01T11:00", used()))
    while_it_ran = datetime(2025, 9, 1, 12, 30, tzinfo=UTC).timestamp()
    os.utime(path, (while_it_ran, while_it_ran))
    receipt = imported(app, path)
    assert receipt.accepted == 1
    assert receipt.notes == [
        "1 buckets are left out: they are not whole, or were not over for an hour. Take them later."
    ]


def test_results_of_one_group_are_one_operation_and_what_counts_no_tokens_is_said(
    app: App, tmp_path: Path
) -> None:
    images = {"object": "organization.usage.images.result", "images": 3, "num_model_requests": 3}
    path = saved(
        tmp_path,
        "openai",
        *(("2025-09-01T10:00", one) for one in (used(), used(), used(num_model_requests=0, input_tokens=0, output_tokens=0, input_cached_tokens=0, model="gpt-5"), images)),
    )  # fmt: skip
    receipt = imported(app, path)
    assert shown(app, "requests, input_tokens, output_tokens") == [(8, 2000, 400)]
    assert receipt.notes == ["1 × organization.usage.images.result left out: it counts no tokens."]


def test_calls_that_are_metered_otherwise_are_not_counted_twice(app: App, tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text(
        "id,time,provider,model,input_tokens,output_tokens\n"
        "a,2025-09-01T09:00:00Z,openai,gpt-4o,10,1\n"
        "b,2025-09-01T09:00:00Z,,gpt-4o,10,1\n"
        "c,2025-09-01T09:00:00Z,azure.ai.openai,gpt-4o,10,1\n"
        "d,2025-09-02T09:00:00Z,openai,gpt-4o,10,1\n"
    )
    app.import_operations(calls)
    path = saved(tmp_path, "openai", ("2025-09-01T10:00", used()))
    with pytest.raises(
        Refused, match=r"2 calls of openai from 2025-09-01 to 2025-09-01 .* \(2 by csv\)"
    ) as why:
        app.import_operations(path)
    assert "load the costs as a bill" in why.value.hint
    assert imported(app, path, beside=True).accepted == 1
    assert imported(app, saved(tmp_path, "anthropic", ("2025-09-01T10:00", message()))).accepted == 1


def test_the_same_hours_in_other_groups_are_not_counted_twice(app: App, tmp_path: Path) -> None:
    imported(app, saved(tmp_path, "openai", ("2025-09-01T10:00", used())))
    by_day = saved(tmp_path, "openai", ("2025-09-01", used()), width="1d", name="days.json")
    by_model = saved(
        tmp_path, "openai", ("2025-09-01T10:00", used(user_id=None, api_key_id=None)), name="models.json"
    )
    for path in (by_day, by_model):
        with pytest.raises(Refused, match="1 groups of these hours were reported before in another way"):
            app.import_operations(path)
    later = saved(
        tmp_path,
        "openai",
        ("2025-09-01T10:00", used()),
        ("2025-09-01T11:00", used(user_id=None)),
        name="later.json",
    )
    assert (imported(app, later).accepted, imported(app, by_day, beside=True).accepted) == (1, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"data": [{"start_time": 0, "end_time": 3600, "results": [{"amount": {"value": 1}}]}]}', "is a bill"),
        ('{"data": [{"start_time": 0, "end_time": 3600, "results": [{"a": 1}]}]}', "no usage report that is known"),
        ('{"data": [{"start_time": 0, "end_time": 3600, "results": [', "no whole JSON"),
        ('{"hello": 1}', "no report of OpenAI or Anthropic"),
    ],
)  # fmt: skip
def test_what_is_no_usage_report_is_refused(text: str, said: str, app: App, tmp_path: Path) -> None:
    path = tmp_path / "usage.json"
    path.write_text(text)
    with pytest.raises(BadInput, match=said):
        app.import_operations(path)


class Fetcher:
    """Fetches from the server, without waiting between attempts."""

    def __init__(self, app: App, admin: Admin) -> None:
        self.app, self.admin, self.slept = app, admin, list[float]()

    def fetch(self, provider: str, until: str = "2025-09-04", **more: Any) -> ReportReceipt:
        receipt = self.app.fetch_operations(
            provider, date(2025, 9, 1), date.fromisoformat(until),
            endpoint=self.admin.address, patience=Patience(3, sleep=self.slept.append), **more,
        )  # fmt: skip
        assert isinstance(receipt, ReportReceipt)
        return receipt


@pytest.fixture
def asked(app: App, ai_reports: Admin, keys: None) -> Fetcher:
    ai_reports.tell(OPENAI_USAGE, "2025-09-01T10:00", used(), used("gpt-4o-mini"))
    ai_reports.tell(OPENAI_USAGE, "2025-09-03T23:00", used())
    embedded = {"object": "organization.usage.embeddings.result", "input_tokens": 50, "num_model_requests": 2}
    ai_reports.tell(EMBEDDINGS, "2025-09-02T00:00", {**embedded, "model": "text-embedding-3-small"})
    ai_reports.tell(ANTHROPIC_USAGE, "2025-09-01T10:00", message(), message(context_window="200k-1M"))
    ai_reports.tell(ANTHROPIC_USAGE, "2025-09-03T23:00", message())
    return Fetcher(app, ai_reports)


def test_hours_are_asked_for_page_by_page(asked: Fetcher) -> None:
    assert asked.fetch("openai").accepted == 4
    assert asked.fetch("anthropic").accepted == 3
    paths = [path for path, _ in asked.admin.asked]
    assert (paths.count(OPENAI_USAGE), paths.count(EMBEDDINGS), paths.count(ANTHROPIC_USAGE)) == (3, 3, 3)
    assert asked.admin.asked[0][1]["group_by[]"] == [
        "project_id",
        "user_id",
        "api_key_id",
        "model",
        "batch",
        "service_tier",
    ]
    mini = (400 * Decimal("0.15") + 600 * Decimal("0.075") + 200 * Decimal("0.60")) / M
    embedded = 50 * Decimal("0.02") / M
    full, claude = (
        Decimal("0.00375"),
        (300 * 3 + 600 * Decimal("0.30") + 60 * Decimal("3.75") + 40 * 6 + 200 * 15) / M,
    )
    by_hand = mini + embedded + 2 * full + 3 * claude
    assert shown(asked.app, "sum(cost)::DECIMAL(28,12) AS cost, min(time) AS time")[0][0] == by_hand
    assert (asked.fetch("openai").repeated, asked.fetch("anthropic").repeated) == (4, 3)


def test_an_interrupted_fetch_goes_on_where_it_was(asked: Fetcher) -> None:
    asked.admin.answers = [None, None, *[Answer(status=503)] * 3]
    with pytest.raises(Transient):
        asked.fetch("openai")
    receipt = asked.fetch("openai")
    assert (receipt.accepted, receipt.repeated) == (2, 2)


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_refused_key_is_not_told(asked: Fetcher, provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    variable = f"{provider.upper()}_ADMIN_KEY"
    monkeypatch.setenv(variable, "sk-wrong-1")
    with pytest.raises(Terminal, match=f"does not accept the key .401.*{variable}") as why:
        asked.fetch(provider)
    assert KEY not in str(why.value)
    assert "sk-wrong-1" not in str(why.value)
    monkeypatch.delenv(variable)
    with pytest.raises(BadInput, match=f"Set {variable}"):
        asked.fetch(provider)


def test_limits_and_pages_that_are_cut_off_pass(asked: Fetcher) -> None:
    asked.admin.answers = [Answer(429, {"retry-after": "7"}), Answer(cut=50)]
    assert asked.fetch("openai").accepted == 4
    assert asked.slept[0] >= 7


def test_nothing_is_asked_where_calls_are_metered_otherwise(asked: Fetcher, tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text("id,time,provider,model\na,2025-09-02T09:00:00Z,openai,gpt-4o\n")
    asked.app.import_operations(calls)
    with pytest.raises(Refused, match="1 calls of openai"):
        asked.fetch("openai")
    assert asked.admin.asked == []
    assert asked.fetch("openai", beside=True).accepted == 4


def test_only_hours_that_are_over_are_asked_for(asked: Fetcher) -> None:
    today = datetime.now(UTC)
    tomorrow = (today + timedelta(days=1)).date()
    with pytest.raises(BadInput, match="No hour since"):
        asked.app.fetch_operations("openai", tomorrow, endpoint=asked.admin.address)
    with pytest.raises(BadInput, match="Known: openai, anthropic"):
        asked.app.fetch_operations("mistral", tomorrow)
