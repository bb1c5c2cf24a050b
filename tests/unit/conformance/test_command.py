"""`apportion validate` and `apportion export focus` as people type them."""

import json
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from apportion.cli.main import app
from apportion.conformance import validate
from apportion.core.errors import BadInput
from focus_bills import CLEAN, USAGE, write


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words))
    return done.exit_code, done.stdout


def test_the_exit_code_says_whether_a_must_is_broken(tmp_path: Path) -> None:
    clean = write(tmp_path / "clean.csv", CLEAN, "1.3")
    warned = write(tmp_path / "warned.csv", [USAGE | {"SkuMeter": ""}], "1.3")
    broken = write(tmp_path / "broken.csv", [USAGE, USAGE | {"BilledCost": "1,5"}], "1.3")
    assert run("validate", str(clean), "--focus-version", "1.3")[0] == 0
    assert run("validate", str(warned), "--focus-version", "1.3")[0] == 0
    code, said = run("validate", str(broken), "--focus-version", "1.3")
    assert code == 1
    assert "broken.csv line 3: BilledCost = 1,5" in said
    assert "broken.csv does not conform to FOCUS 1.3: 2 rows" in said


def test_json_has_every_rule_with_its_rows_and_samples(tmp_path: Path) -> None:
    path = write(tmp_path / "bill.csv", [USAGE | {"ListCost": ""}], "1.2")
    code, said = run("validate", str(path), "--focus-version", "1.2", "--format", "json")
    found = {row["rule"]: row for row in json.loads(said)}
    assert code == 1
    assert found["ListCost.given"]["samples"] == [
        {"file": "bill.csv", "line": 2, "values": {"ListCost": None}}
    ]
    assert (found["BilledCost.given"]["rows"], found["BilledCost.given"]["violations"]) == (1, 0)


def test_what_is_no_table_is_refused_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "bill.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(BadInput, match="cannot be read"):
        validate([tmp_path / "bill.parquet"])
    with pytest.raises(BadInput, match="no such file"):
        validate([tmp_path / "nothing.csv"])


@pytest.mark.slow
def test_a_long_file_whose_first_rows_are_at_fault_is_not_waited_for(tmp_path: Path) -> None:
    path = write(tmp_path / "one.csv", [USAGE | {"ListCost": "", "ChargeDescription": "x" * 2000}], "1.2")
    duckdb.sql(
        f"COPY (SELECT * EXCLUDE i FROM read_csv('{path}', all_varchar = true), range(50000) AS r(i)) "
        f"TO '{tmp_path / 'long.csv'}' (FORMAT csv, HEADER)"
    )
    report = validate([tmp_path / "long.csv"], "1.2")
    assert [s.line for f in report.failures for s in f.samples if f.rule.id == "ListCost.given"] == [2, 3, 4]
    assert report.rows == 50000
