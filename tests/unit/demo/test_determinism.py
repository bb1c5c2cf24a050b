"""The same seed makes the same company, wherever and however often."""

import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from apportion.core.errors import BadInput
from apportion.demo import generate

DAYS = 4


def contents(directory: Path) -> dict[str, object]:
    """Every file by its place: bytes, or for Parquet what the table holds."""
    return {
        str(path.relative_to(directory)): pq.read_table(path)
        if path.suffix == ".parquet"
        else path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def test_same_seed_gives_the_same_files_in_another_process(tmp_path: Path) -> None:
    generate(tmp_path / "here", days=DAYS)
    there = tmp_path / "there"
    code = (
        f"import pathlib, apportion.demo; apportion.demo.generate(pathlib.Path({str(there)!r}), days={DAYS})"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "77", "TZ": "Asia/Kolkata"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    assert contents(tmp_path / "here") == contents(there)


def test_writing_into_the_same_folder_replaces_what_was_there(tmp_path: Path) -> None:
    generate(tmp_path / "once", days=DAYS)
    generate(tmp_path / "twice", days=32)
    generate(tmp_path / "twice", days=DAYS)
    assert contents(tmp_path / "once") == contents(tmp_path / "twice")


@pytest.mark.parametrize("days", [0, 731])
def test_a_demo_has_at_least_a_day_and_at_most_two_years(tmp_path: Path, days: int) -> None:
    with pytest.raises(BadInput, match=f"{days} days"):
        generate(tmp_path, days=days)
    assert not list(tmp_path.iterdir())


def test_another_seed_gives_other_usage(tmp_path: Path) -> None:
    generate(tmp_path / "a", days=DAYS)
    generate(tmp_path / "b", days=DAYS, seed=7)
    usage = Path("usage/requests-2026-10.csv")
    assert (tmp_path / "a" / usage).read_bytes() != (tmp_path / "b" / usage).read_bytes()


def test_the_summary_names_every_file(tmp_path: Path) -> None:
    summary = generate(tmp_path, days=DAYS)
    assert {str(p.relative_to(tmp_path)) for p in summary.files} == set(contents(tmp_path))
