"""A folder as a store: what a location means, and what is left out."""

from pathlib import Path

import pytest

from apportion.connectors.stores import Changed, open_store
from apportion.core.errors import BadInput, NotFound, Terminal


def nothing(_said: str) -> None:
    pass


@pytest.fixture
def bills(tmp_path: Path) -> Path:
    for name in (
        "2026-08/a.csv",
        "2026-09/a.csv",
        "2026-09/export-Manifest.json",
        "_tmp/x.csv",
        ".hidden.csv",
    ):
        path = tmp_path / "bills" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


@pytest.mark.parametrize(
    ("location", "means"),
    [
        ("bills", ["2026-08/a.csv", "2026-09/a.csv", "2026-09/export-Manifest.json"]),
        ("bills/", ["2026-08/a.csv", "2026-09/a.csv", "2026-09/export-Manifest.json"]),
        ("bills/2026-09", ["a.csv", "export-Manifest.json"]),
        ("bills/2026-09/a.csv", ["a.csv"]),
        ("bills/*/*.csv", ["2026-08/a.csv", "2026-09/a.csv", "_tmp/x.csv"]),
        ("bills/2026-0[9]/**", ["2026-09/a.csv", "2026-09/export-Manifest.json"]),
        ("bills/**/a.csv", ["2026-08/a.csv", "2026-09/a.csv"]),
        ("bills/2026-0?/a.csv", ["2026-08/a.csv", "2026-09/a.csv"]),
        ("bills/2026-0[!9]/a.csv", ["2026-08/a.csv"]),
    ],
)
def test_a_location_is_a_folder_a_file_or_a_pattern(bills: Path, location: str, means: list[str]) -> None:
    listed = open_store(location, {}, bills).list()
    assert [stored.key for stored in listed] == means


def test_nothing_is_copied(bills: Path, tmp_path: Path) -> None:
    store = open_store("bills", {}, bills)
    (stored,) = store.list("2026-08")
    assert store.fetch(stored, tmp_path / "cache", nothing) == bills / "bills/2026-08/a.csv"
    assert not (tmp_path / "cache").exists()


def test_a_file_that_was_written_again_has_changed(bills: Path) -> None:
    store = open_store("bills", {}, bills)
    (stored,) = store.list("2026-08")
    (bills / "bills/2026-08/a.csv").write_text("another bill")
    with pytest.raises(Changed, match=r"bills: 2026-08/a\.csv changed"):
        store.fetch(stored, bills, nothing)


@pytest.mark.parametrize("location", ["bill", "bills/*.csv", "bills/a.csv", "bill/*.csv"])
def test_what_is_not_there_is_said(bills: Path, location: str) -> None:
    with pytest.raises(NotFound, match="There is no"):
        open_store(location, {}, bills).list()


@pytest.mark.parametrize("key", ["../secret", "/etc/passwd", "a/../../secret", ""])
def test_a_manifest_cannot_name_files_outside(bills: Path, key: str) -> None:
    with pytest.raises(BadInput, match="does not lie below"):
        open_store("bills", {}, bills).read(key)


def test_a_folder_that_may_not_be_read(bills: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(Terminal, match=r"a\.csv may not be read"):
        open_store("bills", {}, bills).read("2026-08/a.csv")
