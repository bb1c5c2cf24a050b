"""`apportion suggest`: what it prints, what it asks, and what it writes."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from unit.cli.conftest import Run

HEADER = (
    "BilledCost,EffectiveCost,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,"
    "ChargePeriodEnd,ChargeCategory,ServiceName,Tags\n"
)
ROW = "{0},{0},USD,2026-09-01T00:00:00Z,2026-10-01T00:00:00Z,2026-09-0{1}T00:00:00Z,2026-09-0{2}T00:00:00Z,Usage,Compute,{3}\n"
WRITTEN = "# Ours.\ncompany: Juniper   # the name\n"


class Keys(io.StringIO):
    """What a person types into a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def bill(run: Run, tmp_path: Path) -> Path:
    """A workspace that says nothing yet, with a bill of $100, and its file."""
    file = tmp_path / "ws" / "apportion.yaml"
    file.parent.mkdir()
    file.write_text(WRITTEN)
    tags = ('"{""Team"": ""Web"", ""env"": ""prod""}"', '"{""TEAM"": ""web"", ""env"": ""prd""}"', "")
    rows = [
        ROW.format(cost, day, day + 1, tag)
        for cost, day, tag in zip((60, 30, 10), (1, 2, 3), tags, strict=True)
    ]
    (tmp_path / "bill.csv").write_text(HEADER + "".join(rows))
    assert run("ingest", "focus", tmp_path / "bill.csv", "--source", "aws").code == 0
    return file


def test_it_prints_what_it_found_and_writes_nothing(run: Run, bill: Path) -> None:
    said = run("suggest")
    assert said.code == 0
    assert "1  team: the tag team" in said.out
    assert "$90.00: team 0.0 % → 90.0 % (stated)" in said.out
    assert bill.read_text() == WRITTEN


def test_accepting_one_writes_it_and_leaves_the_rest_of_the_file(run: Run, bill: Path) -> None:
    assert "with proposals 1" in run("suggest", "--accept", "1").out
    text = bill.read_text()
    assert text.startswith(WRITTEN)
    assert "environment" not in text
    assert run("allocate").code == 0
    query = "SELECT target, sum(EffectiveCost) AS cost FROM allocations GROUP BY ALL ORDER BY 2 DESC"
    assert [(r["target"], r["cost"]) for r in run("sql", query, "--format", "json").rows] == [
        ("web", "90.000000000000"), ("(unallocated)", "10.000000000000"),
    ]  # fmt: skip


def test_patch_takes_what_diff_prints(run: Run, bill: Path) -> None:
    diff = run("suggest", "--diff").out
    assert bill.read_text() == WRITTEN
    subprocess.run(["patch", "-p0", "-s"], input=diff, cwd=bill.parent, check=True, text=True)
    patched = bill.read_text()
    bill.write_text(WRITTEN)
    run("suggest", "--all")
    assert bill.read_text() == patched


def test_a_person_is_asked_about_each_and_the_file_is_written_once(
    run: Run, bill: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Keys("n\ny\nq\n"))
    monkeypatch.setattr("apportion.cli.suggesting.in_terminal", lambda: True)
    said = run("suggest")
    assert said.out.count("Accept?") == 3
    assert "+  environment:" in said.out
    text = bill.read_text()
    assert "environment" in text
    assert "team" not in text


def test_quitting_at_once_writes_nothing(run: Run, bill: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Keys("q\n"))
    monkeypatch.setattr("apportion.cli.suggesting.in_terminal", lambda: True)
    assert "nothing was written" in run("suggest").out
    assert bill.read_text() == WRITTEN


def test_json_has_everything_exactly(run: Run, bill: Path) -> None:
    found = json.loads(run("suggest", "--format", "json").out)
    assert found["charged"] == "100.000000000000"
    assert found["proposals"][0]["moves"] == "90.000000000000"
    assert found["after"][0]["perspective"] == "team"


def test_a_number_that_is_none_is_refused(run: Run, bill: Path) -> None:
    assert run("suggest", "--accept", "99").code == 3
    said = run("suggest", "--accept", "one")
    assert (said.code, "numbers like 1,3,5" in said.err) == (2, True)


def test_a_file_that_changed_in_the_meantime_stays(
    run: Run, bill: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apportion.app import App
    from apportion.core.errors import Refused

    app = App(bill.parent)
    found = app.suggest()
    bill.write_text(WRITTEN + "# and more\n")
    with pytest.raises(Refused, match="changed in the meantime"):
        app.accept(found, [1])
    assert bill.read_text() == WRITTEN + "# and more\n"
    assert [p.name for p in bill.parent.iterdir() if p.name.startswith(".apportion")] == []
