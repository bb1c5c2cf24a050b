"""Plan, apply, repeat on the command line, with exit codes a pipeline can use."""

import json
from pathlib import Path

import pytest

from unit.cli.conftest import Run
from unit.cli.test_commands import BILL

EVEN = """      - name: shared by all
        match: {service: "*"}
        method: even
        targets: [acme, bolt]
"""


@pytest.fixture
def allocated(run: Run, workspace: Path) -> Path:
    """A workspace whose rules attribute what names a customer, and nothing else."""
    (workspace / "apportion.yaml").write_text(
        "dimensions:\n  customer: [{tag: customer}]\n  service: [{column: ServiceName}]\n"
        "perspectives:\n  customer:\n    to: customer\n    rules:\n"
        '      - {name: named, match: {customer: "*"}, method: direct}\n'
    )
    (workspace / "bill.csv").write_text(BILL)
    assert run("ingest", "focus", workspace / "bill.csv", "--source", "aws").code == 0
    assert run("allocate").code == 0
    return workspace


def add_rule(workspace: Path) -> None:
    settings = workspace / "apportion.yaml"
    settings.write_text(settings.read_text() + EVEN)


def test_nothing_changed(run: Run, allocated: Path) -> None:
    said = run("plan", "--fail-over", "0%")
    assert said.code == 0
    assert "Nothing changed since run" in said.out


def test_a_plan_changes_nothing_and_names_what_moves(run: Run, allocated: Path) -> None:
    add_rule(allocated)
    before = run("reconcile", "--format", "json").out
    said = run("plan")
    assert said.code == 0
    assert "rule 'shared by all' added" in said.out
    assert "bolt" in said.out
    assert run("reconcile", "--format", "json").out == before
    found = json.loads(run("plan", "--format", "json").out)
    assert {t["target"]: t["after"] for t in found["targets"]}["bolt"] == "2.025000000000"
    assert run("plan", "--format", "csv").out.startswith("perspective,currency,target_kind,target,state,")


def test_too_much_moving_has_an_exit_code_of_its_own(run: Run, allocated: Path) -> None:
    add_rule(allocated)
    failed = run("plan", "--fail-over", "5%", "--format", "markdown")
    assert failed.code == 5
    assert failed.out.startswith("<!-- apportion plan -->\n")
    assert "customer: $4.05 moves, 28.6 % of its cost" in failed.err
    assert "customer bolt: $2.03 (new)" in failed.err
    assert run("plan", "--fail-over", "30%", "--least", "3").code == 0


@pytest.mark.parametrize("text", ["lots", "-1", "NaN", "5%%"])
def test_a_limit_that_is_no_number_is_refused(run: Run, allocated: Path, text: str) -> None:
    assert run("plan", "--fail-over", text).code == 2


def test_a_run_is_repeated_and_left_again(run: Run, allocated: Path) -> None:
    (first,) = run("runs", "--format", "json").rows
    before = run("report", "customers", "--format", "json").out
    add_rule(allocated)
    (allocated / "bill.csv").write_text(BILL.replace("10.10,10.10", "11.10,11.10"))
    assert run("ingest", "focus", allocated / "bill.csv", "--source", "aws").code == 0
    assert run("allocate").code == 0
    second = run("runs", "--format", "json").rows[0]["run_id"]
    assert run("report", "customers", "--format", "json").out != before
    said = run("allocate", "--as-of", first["run_id"])
    assert said.code == 0, said.err
    assert f"The same digits as run {first['run_id']}" in said.out
    assert f"'apportion allocate --as-of {second}'" in said.out
    assert run("report", "customers", "--format", "json").out == before
    standing = run("runs", "--format", "json").rows[0]
    assert (standing["as_of"], standing["digest"]) == (first["run_id"], first["digest"])
    assert "repeats run" in run("plan").out
    assert run("allocate").code == 0
    assert run("runs", "diff", second).out.startswith("Nothing changed")


def test_what_was_rejected_is_what_was_rejected_then(run: Run, allocated: Path) -> None:
    broken = "\n".join(BILL.splitlines() + BILL.splitlines()[2:] * 200) + "\n"
    bill = allocated / "bill.csv"
    bill.write_text(broken.replace("5.05,4.05", "5.05,x", 1))
    assert run("ingest", "focus", bill, "--source", "aws", "--replace").code == 0
    assert run("allocate").code == 0
    old = run("runs", "--format", "json").rows[0]["run_id"]
    statement = run("reconcile", "--format", "json").rows
    assert {r["rejected_rows"] for r in statement} == {1}
    bill.write_text(broken)
    assert run("ingest", "focus", bill, "--source", "aws").code == 0
    assert run("allocate").code == 0
    assert {r["rejected_rows"] for r in run("reconcile", "--format", "json").rows} == {0}
    assert run("allocate", "--as-of", old).code == 0
    assert run("reconcile", "--format", "json").rows == statement
