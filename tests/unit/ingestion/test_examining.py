"""What the doctor says of a source: can it be reached, is it fresh, are its columns there."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from apportion.connectors import Place, bill_connector
from apportion.ingestion import Finding, examine
from apportion.ledger import Ledger
from aws_bills import line, report


def findings(tmp_path: Path, connector: str = "aws", days: int = 0) -> list[Finding]:
    place = Place(str(tmp_path / "bills"), now=lambda: datetime.now(UTC) + timedelta(days=days))
    return list(examine(Ledger(tmp_path / "ledger"), "aws", bill_connector(connector), place))


def test_a_good_source_is_said_to_be_so_and_what_it_lacks_is_noted(tmp_path: Path) -> None:
    report(tmp_path / "bills" / "2026-09" / "a.csv", [line()])
    report(tmp_path / "bills" / "2026-10" / "a.csv", [line(), line()])
    reached, fresh, waiting, columns, note = findings(tmp_path)
    assert reached.what == "aws can be read: 2 periods offered (2026-09 to 2026-10), 2 files"
    assert (reached.state, fresh.state, columns.state) == ("ok", "ok", "ok")
    assert (waiting.what, waiting.next) == (
        "not loaded yet: 2026-09, 2026-10",
        "apportion ingest --source aws",
    )
    assert "line_item_resource_id" in note.what


def test_an_export_that_nobody_writes_any_more_is_noted(tmp_path: Path) -> None:
    report(tmp_path / "bills" / "a.csv", [line()])
    stale = findings(tmp_path, days=9)[1]
    assert (stale.state, stale.what[-10:]) == ("note", "9 days ago")


def test_another_providers_bill_is_recognised(tmp_path: Path) -> None:
    report(tmp_path / "bills" / "a.csv", [line()])
    bad = findings(tmp_path, "focus")[-1]
    assert (bad.state, bad.next) == ("bad", "It looks like an AWS Cost and Usage Report: use connector aws.")


def test_a_place_that_is_not_there_is_all_that_is_said(tmp_path: Path) -> None:
    (only,) = findings(tmp_path)
    assert (only.state, only.what) == ("bad", f"{tmp_path / 'bills'}: There is no such file or folder.")
