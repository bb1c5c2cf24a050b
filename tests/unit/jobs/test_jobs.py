"""Jobs: each alone, each by itself, and what came of it."""

from datetime import timedelta
from pathlib import Path
from threading import Event, Timer

import pytest

from apportion.app import App, Said
from apportion.core.alone import alone
from apportion.core.errors import BadInput
from apportion.jobs import JOBS, Job, Schedule, run_job, run_jobs, schedule
from unit.anomalies.watched import Company, some_weeks


def silent(_: str) -> None:
    """Nobody reads it."""


def job(name: str, says: str = "done") -> Job:
    def run(_: App, __: Said) -> str:
        if says == "mistake":
            raise BadInput("this is wrong", hint="Do otherwise.")
        if says == "fault":
            raise ZeroDivisionError("12345 is a secret")
        return says

    return Job(name, "something", timedelta(hours=1), run)


@pytest.fixture
def app(tmp_path: Path) -> App:
    (tmp_path / "apportion.yaml").write_text("company: Small\n")
    return App(tmp_path)


def test_one_that_fails_leaves_the_others_alone(app: App) -> None:
    ran = list(run_jobs(app, [job("first", "mistake"), job("second", "fault"), job("third")], silent))
    assert [(one.job, one.outcome) for one in ran] == [
        ("first", "failed"),
        ("second", "failed"),
        ("third", "ok"),
    ]
    assert ran[0].said == "this is wrong Do otherwise."
    assert ran[1].said == "unexpected: ZeroDivisionError; the log has more"


def test_how_it_went_is_kept(app: App) -> None:
    run_job(app, job("first", "mistake"), silent)
    run_job(app, job("first", "all well"), silent)
    [row] = app.last_jobs()
    assert (row["job"], row["outcome"], row["said"]) == ("first", "ok", "all well")


def test_one_that_runs_elsewhere_is_left_to_it(app: App) -> None:
    with alone(app.directory / ".jobs" / "first.lock") as mine:
        assert mine
        assert run_job(app, job("first"), silent).outcome == "busy"
    assert run_job(app, job("first"), silent).outcome == "ok"


def test_all_jobs_run_on_a_workspace_without_anything(app: App) -> None:
    assert {ran.outcome for ran in run_jobs(app, JOBS, silent)} == {"ok"}


def test_it_is_allocated_only_where_something_is_new(tmp_path: Path) -> None:
    company = some_weeks(Company(tmp_path, anomalies={"enabled": False}), 3)
    [allocate] = [job for job in JOBS if job.name == "allocate"]
    first = run_job(company.app(), allocate, silent)
    assert first.said.startswith("run ")
    assert run_job(company.app(), allocate, silent).said == "nothing new"


def test_one_that_runs_when_the_server_stops_ends_first(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_end, ended = Event(), Event(), Event()

    def run(_: App, __: Said) -> str:
        begun.set()
        assert may_end.wait(20)
        ended.set()
        return "done"

    monkeypatch.setattr(schedule, "FIRST", timedelta())
    beside = Schedule(app, [Job("slow", "something", timedelta(hours=1), run)])
    beside.start()
    assert begun.wait(20)
    Timer(0.2, may_end.set).start()
    beside.stop()
    assert ended.is_set()
    assert [row["outcome"] for row in app.last_jobs()] == ["ok"]
