"""Costs straight from the APIs of OpenAI and Anthropic: what is asked, run after run, and what goes wrong."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from apportion.connectors import Place
from apportion.connectors.anthropic import AnthropicConnector
from apportion.connectors.cost_reports import CostReportConnector
from apportion.connectors.openai import OpenAiConnector
from apportion.connectors.stores import Patience
from apportion.core.errors import ApportionError, BadInput, NotFound, Terminal, Transient
from apportion.engine import connect
from apportion.ingestion import Bringing, Brought, Limits, examine
from apportion.ledger import Ledger
from servers.ai_admin import ANTHROPIC_COSTS, KEY, OPENAI_COSTS, Admin, Answer, Result, charge, cost

NOW = datetime(2026, 10, 3, 8, tzinfo=UTC)


@dataclass
class Provider:
    """One of the two, its server, and how to tell of a line that costs so many dollars."""

    name: str
    path: str
    connector: type[CostReportConnector]
    admin: Admin
    folder: Path
    slept: list[float]

    def line(self, kind: str, dollars: str) -> Result:
        if self.name == "openai":
            return cost(f"gpt-4o, {kind}", dollars)
        return charge(f"{kind}_tokens", f"{Decimal(dollars) * 100:f}")

    def bring(self, *, months: int = 3, attempts: int = 3) -> Brought:
        made = type("Quick", (self.connector,), {"patience": Patience(attempts, sleep=self.slept.append)})
        place = Place("", {"endpoint": self.admin.address}, now=lambda: NOW)
        connector = made(months=months)
        ledger, fetched = Ledger(self.folder / "ledger"), self.folder / "fetched"
        return Bringing(ledger, self.name, connector, place, fetched, Limits(), lambda _: None).run()

    def billed(self) -> list[tuple[str, Decimal]]:
        con = connect()
        Ledger(self.folder / "ledger").snapshot().register(con)
        return con.execute(
            "SELECT x_BillingPeriod, sum(BilledCost) FROM charges GROUP BY ALL ORDER BY ALL"
        ).fetchall()

    def lines_asked(self) -> list[str]:
        """The first day of each question for lines."""
        name = "start_time" if self.name == "openai" else "starting_at"
        asked = [q[name][0] for _, q in self.admin.asked if "group_by[]" in q and "page" not in q]
        return [
            str(datetime.fromtimestamp(int(t), UTC) if t.isdigit() else datetime.fromisoformat(t))[:10]
            for t in asked
        ]


@pytest.fixture(params=["openai", "anthropic"])
def provider(
    request: pytest.FixtureRequest, ai_reports: Admin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Provider]:
    openai = request.param == "openai"
    monkeypatch.setenv("OPENAI_ADMIN_KEY" if openai else "ANTHROPIC_ADMIN_KEY", KEY)
    made = OpenAiConnector if openai else AnthropicConnector
    path = OPENAI_COSTS if openai else ANTHROPIC_COSTS
    found = Provider(request.param, path, made, ai_reports, tmp_path, [])
    for day, dollars in (
        ("2026-08-31", "7"),
        ("2026-09-01", "1.25"),
        ("2026-09-30", "0.000000001"),
        ("2026-10-02", "4"),
    ):
        ai_reports.tell(path, day, found.line("input", dollars), found.line("output", "10"))
    ai_reports.tell(path, "2026-10-03", found.line("input", "99"))  # today is not over
    return found


def test_months_are_brought_in_page_by_page_and_only_what_is_new_is_asked_again(provider: Provider) -> None:
    provider.admin.limit = 20
    first = provider.bring()
    assert first.problems == []
    assert [(r.billing_period, r.status, r.state) for r in first.records] == [
        ("2026-08", "loaded", "final"), ("2026-09", "loaded", "estimated"), ("2026-10", "loaded", "estimated"),
    ]  # fmt: skip
    by_hand = [("2026-08", Decimal(17)), ("2026-09", Decimal("21.250000001")), ("2026-10", Decimal(14))]
    assert provider.billed() == by_hand
    assert any("page" in query for _, query in provider.admin.asked)
    assert provider.lines_asked() == ["2026-08-31", "2026-09-01", "2026-10-02"]
    provider.admin.asked.clear()
    assert [r.status for r in provider.bring().records] == ["unchanged"] * 3
    assert provider.lines_asked() == []
    provider.admin.tell(provider.path, "2026-09-15", provider.line("output", "3"))
    assert [r.status for r in provider.bring().records] == ["unchanged", "restated", "unchanged"]
    assert provider.lines_asked() == ["2026-09-01"]
    assert provider.billed()[1] == ("2026-09", Decimal("24.250000001"))


def test_a_month_that_fails_leaves_the_others_alone(provider: Provider) -> None:
    pages = 1 if provider.name == "openai" else 3  # sixty-three days, thirty-one at a time
    provider.admin.answers = [*[None] * (pages + 1), *[Answer(status=500)] * 3]  # type: ignore[list-item]
    brought = provider.bring()
    assert [r.billing_period for r in brought.records] == ["2026-08", "2026-10"]
    (problem,) = brought.problems
    assert isinstance(problem, Transient)
    assert "2026-09" in str(problem)
    provider.admin.asked.clear()
    assert [r.status for r in provider.bring().records] == ["unchanged", "loaded", "unchanged"]
    assert provider.lines_asked() == ["2026-09-01"]


def test_lines_that_do_not_add_up_to_their_days_are_not_loaded(provider: Provider) -> None:
    honest = provider.admin.page

    def changing(path: str, query: dict[str, list[str]]) -> object:
        answer = honest(path, query)
        if "group_by[]" in query:
            answer["data"][0]["results"] = []
        return answer

    provider.admin.page = changing  # type: ignore[method-assign, assignment]
    brought = provider.bring()
    assert brought.records == []
    assert "changed while they were being read" in str(brought.problems[0])


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (Answer(401, body='{"error": {"message": "Incorrect API key: ' + KEY + '"}}'), Terminal, "does not accept the key"),
        (Answer(400, body='{"error": {"message": "bad ' + KEY + ' start"}}'), BadInput, "answered 400. bad … start"),
        (Answer(429, {"retry-after": "77"}), Transient, "answered 429"),
        (Answer(cut=60), Transient, "does not answer in full"),
        (Answer(body='{"data": [{"start_time": 1'), Transient, "no whole answer"),
        (Answer(404), NotFound, "answered 404"),
        (Answer(301, {"Location": "http://127.0.0.1:9/"}), Terminal, "answered 301"),
    ],
)  # fmt: skip
def test_what_the_api_refuses_is_told_and_the_key_is_not(
    provider: Provider,
    answer: Answer,
    kind: type[ApportionError],
    said: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.admin.answers = [answer] * 3
    with pytest.raises(kind) as why:
        provider.bring()
    assert said in str(why.value)
    assert KEY not in f"{why.value!s}{why.value!r}{caplog.text}"
    assert len(provider.slept) == (2 if kind is Transient else 0)
    if answer.status == 429:
        assert min(provider.slept) >= 77


def test_what_passes_is_tried_again(provider: Provider) -> None:
    provider.admin.answers = [Answer(429, {"retry-after": "3"}), Answer(cut=60)]
    assert len(provider.bring().records) == 3
    assert len(provider.slept) == 2


def test_a_key_that_is_missing_or_written_down_is_refused(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(provider.connector.key_variable)
    with pytest.raises(BadInput, match=f"Set {provider.connector.key_variable}"):
        provider.bring()
    with pytest.raises(BadInput) as why:
        provider.connector(key=KEY)
    assert KEY not in str(why.value)
    with pytest.raises(BadInput, match="months"):
        provider.connector(months=0)


def test_a_key_is_sent_encrypted_or_nowhere(provider: Provider) -> None:
    connector = provider.connector()
    for address in ("http://costs.example.com", "ftp://127.0.0.1", "https://user@costs.example.com"):
        with pytest.raises(BadInput, match="no address that a key"):
            connector.offers(Place("", {"endpoint": address}, now=lambda: NOW))


def test_an_organization_that_pays_nothing(provider: Provider) -> None:
    provider.admin.told.clear()
    with pytest.raises(NotFound, match="knows of no cost"):
        provider.bring()


def test_a_look_at_a_source_asks_for_one_day_of_lines(provider: Provider) -> None:
    place = Place("", {"endpoint": provider.admin.address}, now=lambda: NOW)
    found = list(
        examine(Ledger(provider.folder / "ledger"), provider.name, provider.connector(months=3), place)
    )
    assert [finding.state for finding in found] == ["ok", "ok", "note", "ok", *["note"] * (len(found) - 4)]
    assert "2026-08 to 2026-10" in found[0].what
    assert found[3].what.startswith("2026-10-02 is a")
    assert provider.lines_asked() == ["2026-10-02"]


def test_openai_is_asked_as_its_own_client_asks(ai_reports: Admin) -> None:
    import openai

    ai_reports.tell(OPENAI_COSTS, "2026-10-01", cost("gpt-4o, input", "1.5"))
    client = openai.OpenAI(admin_api_key=KEY, base_url=f"{ai_reports.address}/v1", max_retries=0)
    answer = client.admin.organization.usage.costs(
        start_time=1790812800,  # the first two days of October
        end_time=1790985600,
        bucket_width="1d",
        limit=180,
        group_by=["project_id", "line_item"],
    )
    assert answer.data[0].results[0].line_item == "gpt-4o, input"  # type: ignore[union-attr]
    ours = OpenAiConnector()
    list(
        ours.asking(KEY, ai_reports.address).pages(
            *ours.question(date(2026, 10, 1), date(2026, 10, 3), lines=True)
        )
    )
    assert ai_reports.asked[0] == ai_reports.asked[1]
