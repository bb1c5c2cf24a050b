"""Looking for anomalies as a job does: one event is one incident, with what made it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apportion.anomalies import kept, service
from apportion.anomalies.book import put, say
from apportion.core.errors import BadInput, NotFound
from unit.anomalies.watched import FIRST, Company, line, some_weeks, usual


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def runaway(company: Company, cost: float = 4000.0, after: int = 60, **more: str) -> None:
    """The day after ordinary weeks on which a function of the service 'exports' runs away."""
    day = FIRST + timedelta(days=after)
    told = {"service": "exports", "team": "insights", "customer": "globex", "ServiceName": "Functions"}
    place = {"SkuId": "SKU-FN", "SubAccountId": "5678"}
    company.billed([*usual(day), line(day, cost, "exports-render", **{**told, **place, **more})])


def test_ordinary_weeks_raise_nothing(company: Company) -> None:
    some_weeks(company)
    assert company.look() == []


def test_a_runaway_is_one_incident_with_its_levels_inside(company: Company) -> None:
    some_weeks(company)
    company.look()
    runaway(company)

    [incident] = company.look()

    assert (incident.kind, incident.severity, incident.state) == ("rise", "critical", "open")
    assert incident.where["service"] == "exports"
    seen = {level.grouping for level in incident.levels}
    assert seen == {"service", "team", "customer", "ServiceName", "SubAccountId", "SkuId"}
    assert incident.lower < incident.expected < incident.upper < 50
    assert incident.first_step.date() == incident.last_step.date() == FIRST + timedelta(days=60)


def test_what_made_it_is_named_to_the_last_digit(company: Company) -> None:
    some_weeks(company)
    runaway(company, 4000.1234)

    [incident] = company.look()

    whole = next(level for level in incident.levels if level.fields == {"service": "exports"})
    day = FIRST + timedelta(days=60)
    assert whole.current == sum(
        (row["EffectiveCost"] for row in company.rows if row["Tags"].get("service") == "exports"
         and row["ChargePeriodStart"].startswith(str(day))),
        Decimal(0),
    )  # fmt: skip
    driver = next(d for d in incident.drivers if d.field == "ResourceName")
    assert (driver.value, driver.share_pct) == ("exports-render", Decimal("100.00"))
    assert [d.value for d in incident.affected] == ["globex"]
    assert "exports-render" in incident.title


def test_looking_again_changes_nothing(company: Company) -> None:
    some_weeks(company)
    runaway(company)
    first = company.look()
    assert company.look() == []
    assert [i.incident_id for i in company.app().incidents()] == [i.incident_id for i in first]


def test_killed_before_judgements_are_kept_it_finds_the_same_again(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_weeks(company)
    runaway(company)
    with monkeypatch.context() as cut:
        cut.setattr(service, "keep", _killed)
        with pytest.raises(KeyboardInterrupt):
            company.look()
    found = company.look()
    assert len(found) == len(company.app().incidents()) == 1


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_two_causes_on_one_day_are_two_incidents(company: Company) -> None:
    some_weeks(company)
    runaway(company)
    day = FIRST + timedelta(days=60)
    more = {"service": "api", "team": "core", "customer": "acme", "SkuId": "SKU-API"}
    company.billed([line(day, 3000, "api-1", **more)])

    found = company.look()

    assert sorted(i.where["service"] for i in found) == ["api", "exports"]


def test_an_event_that_goes_on_stays_one_incident(company: Company) -> None:
    some_weeks(company)
    for after in (60, 61, 62):
        runaway(company, after=after)
        company.look()
    [incident] = company.app().incidents()
    assert (incident.last_step - incident.first_step).days >= 1
    assert incident.state == "open"


def test_it_is_over_when_nothing_was_found_for_days(company: Company) -> None:
    some_weeks(company)
    runaway(company)
    company.look()
    company.billed(row for i in range(61, 67) for row in usual(FIRST + timedelta(days=i)))
    company.look()
    [incident] = company.app().incidents()
    assert incident.state == "resolved"


def test_what_somebody_reopened_stays_open(company: Company) -> None:
    some_weeks(company)
    runaway(company)
    [incident] = company.look()
    app = company.app()
    app.mark_anomaly(incident.incident_id, "resolved", "", "kim")
    app.mark_anomaly(incident.incident_id, "open", "it came back in another region", "kim")
    company.billed(row for i in range(61, 67) for row in usual(FIRST + timedelta(days=i)))
    company.look()
    assert [i.state for i in company.app().incidents()] == ["open"]


def test_new_machines_with_an_owner_are_a_launch(company: Company) -> None:
    some_weeks(company)
    days = [FIRST + timedelta(days=60 + i) for i in range(4)]
    more = {"service": "api", "team": "core", "customer": "acme", "SkuId": "SKU-API"}
    company.billed(row for day in days for row in [*usual(day), line(day, 300, "api-v2", **more)])

    found = company.look()

    assert {i.kind for i in found} == {"launch"}
    assert found[0].new_resources == 1


def test_new_machines_of_nobody_are_no_launch(company: Company) -> None:
    some_weeks(company)
    day = FIRST + timedelta(days=60)
    company.billed([*usual(day), line(day, 450, "miner", SkuId="SKU-GPU")])

    [incident] = company.look()

    assert incident.kind == "rise"
    assert next(d.value for d in incident.drivers if d.field == "ResourceName") == "miner"


@pytest.mark.parametrize(
    "told",
    [
        {"ChargeFrequency": "Recurring"},
        {"ChargeCategory": "Purchase"},
        {"ChargeClass": "Correction"},
        {"ChargeCategory": "Tax"},
    ],
    ids=["a fee that recurs", "a purchase", "a correction", "tax"],
)
def test_what_is_no_usage_is_not_judged(company: Company, told: dict[str, str]) -> None:
    some_weeks(company)
    day = FIRST + timedelta(days=60)
    row = {**line(day, 2000, "exports-render", service="exports", team="insights"), **told}
    company.billed([*usual(day), row])
    assert company.look() == []


def test_a_source_that_has_not_delivered_has_not_fallen(company: Company) -> None:
    """The newest day has only one of two providers' bills: what the other one sends later is no zero."""

    def other(day: object) -> dict[str, object]:
        row = line(day, 900, "vm", service="batch", team="core", ServiceName="Batch", SkuId="SKU-B")  # type: ignore[arg-type]
        return {**row, "x_Source": "azure"}

    some_weeks(company)
    company.billed(other(day) for day in company.days(60))
    company.look()
    company.billed(row for i in range(60, 64) for row in usual(FIRST + timedelta(days=i)))
    assert company.look() == []


def test_what_is_expected_mutes_its_like(company: Company) -> None:
    some_weeks(company)
    runaway(company)
    [incident] = company.look()
    company.app().mark_anomaly(incident.incident_id, "expected", "load test", "kim")

    company.billed(row for i in range(61, 75) for row in usual(FIRST + timedelta(days=i)))
    runaway(company, after=75)
    [again] = company.look()

    assert again.incident_id != incident.incident_id
    assert (again.state, again.reason) == ("expected", "load test")


def test_feedback_is_kept_and_shown(company: Company) -> None:
    some_weeks(company)
    runaway(company)
    [incident] = company.look()
    app = company.app()
    with pytest.raises(BadInput, match="needs a reason"):
        app.mark_anomaly(incident.incident_id, "expected", " ")
    app.mark_anomaly(incident.incident_id[:6], "acknowledged", "looking", "kim")

    told = app.anomaly(incident.incident_id)

    assert told.state == "acknowledged"
    assert [(said.who, said.reason) for said in told.said] == [("kim", "looking")]
    marked = [point for point in told.chart if point.anomalous]
    assert [point.amount for point in marked] == [incident.current]
    assert marked[0].upper is not None
    assert marked[0].amount > marked[0].upper
    with pytest.raises(NotFound):
        app.anomaly("nothing")


def test_a_backtest_finds_what_looking_would_have_found(company: Company) -> None:
    some_weeks(company)
    runaway(company)
    company.billed(row for i in range(61, 70) for row in usual(FIRST + timedelta(days=i)))
    [looked] = company.app().backtest_anomalies("day")
    assert [i.incident_id for i in looked.found] == [i.incident_id for i in company.look()]


def test_the_first_look_says_what_was_over_before(company: Company) -> None:
    some_weeks(company)
    runaway(company)
    company.billed(row for i in range(61, 70) for row in usual(FIRST + timedelta(days=i)))
    [incident] = company.look()
    assert incident.backfilled
    assert company.app().incidents()[0].state == "resolved"


def test_amounts_are_kept_as_they_were_known(company: Company) -> None:
    """A day that was restated later is judged by what was known then, and the ledger says what that was."""
    some_weeks(company)
    company.look()
    day = FIRST + timedelta(days=60)
    company.billed([row | {"EffectiveCost": row["EffectiveCost"] / 4} for row in usual(day)])
    company.look()
    company.rows = [row for row in company.rows if not row["ChargePeriodStart"].startswith(str(day))]
    company.billed(usual(day) + usual(day + timedelta(days=1)))
    company.look()

    files = kept.files_of(company.app().ledger.table("judgements"), "D")
    seen = company.books.sql(
        "SELECT step::DATE, seen FROM read_parquet(?, hive_partitioning = false)"
        " WHERE grouping = 'service' AND key = '[\"api\"]' ORDER BY step DESC LIMIT 2",
        files,
    )
    whole = dict(seen)
    now = next(row["EffectiveCost"] for row in usual(day) if row["Tags"]["service"] == "api")
    assert whole[day] == now / 4


def test_a_backtest_judges_by_what_was_known_then(company: Company) -> None:
    """A bill that first said ten times too much raised an alarm; the day is mended since, the alarm was real."""
    some_weeks(company)
    company.look()
    day = FIRST + timedelta(days=60)
    tenfold = [row | {"EffectiveCost": row["EffectiveCost"] * 10} for row in usual(day)]
    standing = list(company.rows)
    company.billed(tenfold)
    raised = {incident.first_step for incident in company.look()}
    company.rows = standing
    company.billed(usual(day) + usual(day + timedelta(days=1)))

    [looked] = company.app().backtest_anomalies("day")

    assert {incident.first_step for incident in looked.found} == raised != set()


def of_azure(day: date, cost: float) -> dict[str, Any]:
    """What another provider charges for a day."""
    told = {"service": "batch", "team": "core", "ServiceName": "Batch", "SkuId": "SKU-B"}
    return {**line(day, cost, "vm", **told), "x_Source": "azure"}


@pytest.mark.parametrize("behind", [0, 1, 2, 4])
def test_a_source_that_is_days_behind_is_judged_by_what_it_delivered(company: Company, behind: int) -> None:
    some_weeks(company, 61)
    days = company.days(61 - behind)
    company.billed(of_azure(day, 5000.0 if day == days[-1] else 100.0) for day in days)

    [incident] = company.look()

    assert (incident.where["service"], incident.first_step.date()) == ("batch", days[-1])
    assert incident.state == "open"


def test_expected_is_no_leave_for_far_larger_sums(company: Company) -> None:
    some_weeks(company)
    runaway(company, 200)
    [incident] = company.look()
    company.app().mark_anomaly(incident.incident_id, "expected", "load test", "kim")
    runaway(company, 9000, after=61)

    [larger] = company.look()

    assert larger.incident_id != incident.incident_id
    assert (larger.state, larger.severity) == ("open", "critical")


def test_what_people_say_leaves_the_rest_as_it_is_now(company: Company) -> None:
    """Somebody speaks of an incident as it was on their page; a look has made it larger meanwhile."""
    some_weeks(company)
    runaway(company, 300)
    [seen] = company.look()
    state = company.app()._opened()
    later = datetime(2026, 9, 1, tzinfo=UTC)
    put(state, [seen.model_copy(update={"excess": Decimal(9999), "severity": "critical"})], later)

    said = say(state, seen, "acknowledged", "", "kim", later)

    assert (said.state, said.excess, said.severity) == ("acknowledged", Decimal(9999), "critical")


def test_a_state_database_that_was_lost_gets_its_incidents_back(company: Company) -> None:
    some_weeks(company)
    runaway(company)
    first = [incident.incident_id for incident in company.look()]
    for file in company.directory.glob("state.db*"):
        file.unlink()
    assert [incident.incident_id for incident in company.look()] == first


def test_a_setting_that_names_nothing_is_said(tmp_path: Path) -> None:
    """What there is are the fields of charges, not what the run tested of them for its rules."""
    rule = {"name": "usage", "match": {"ChargeCategory": "Usage", "customer": "*"}, "method": "direct"}
    perspectives = {"customer": {"to": "customer", "rules": [rule]}}
    company = Company(tmp_path, anomalies={"groupings": [{"by": ["nobody"]}]}, perspectives=perspectives)
    some_weeks(company, 3)
    with pytest.raises(BadInput, match="No field is named 'nobody'") as why:
        company.look()
    assert "ChargeCategory" in why.value.hint
    assert "?" not in why.value.hint
