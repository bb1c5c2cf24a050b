"""Files that are no bill: a message that names the file and the next step, and nothing changed."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from apportion.connectors import pipes
from apportion.core.errors import ApportionError, BadInput
from ingestion_bills import Loader, bill

GOOD = bill(*[{}] * 50)
PACKED = gzip.compress(bill(*[{"ResourceId": f"r-{i}"} for i in range(20_000)]).encode(), 1)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", "empty"),
        ("blank.csv", b"\n\n", "empty"),
        ("header.csv", GOOD.splitlines()[0].encode() + b"\n", "no rows"),
        ("prose.csv", b"this is not a bill\n", "no table"),
        ("other.csv", b"a,b,c\n1,2,3\n", "no FOCUS bill"),
        ("page.csv", b"<html><body>Access denied</body></html>", "web page"),
        ("data.csv", b'{"a": 1}', "JSON"),
        ("utf16.csv", GOOD.encode("utf-16")[:5001], "UTF-16"),
        ("utf16-bare.csv", GOOD.encode("utf-16-le"), "not text in UTF-8"),
        ("archive.csv", b"PK\x03\x04" + b"\0" * 60, "zip archive"),
        ("cut.parquet", b"PAR1" + b"\0" * 100, "Parquet file cannot be read"),
        ("cut60.csv.gz", PACKED[: len(PACKED) * 60 // 100], "ends early"),
        ("cut99.csv.gz", PACKED[: len(PACKED) * 99 // 100], "ends early"),
        ("sum.csv.gz", PACKED[:-8] + b"\0\0\0\0" + PACKED[-4:], "damaged"),
        ("twice.csv", GOOD.replace("ContractedCost", "BilledCost", 1).encode(), "'BilledCost' twice"),
        ("partial.csv", GOOD.replace("EffectiveCost", "Cost", 1).encode(), "lacks EffectiveCost"),
        ("latin1.csv", bill(*[{"ServiceName": "Büro"}] * 50).encode("latin-1"), "Latin-1"),
        ("mixed.csv", GOOD.replace("\n", "\r\n", 20).encode(), "mixed.csv"),
    ],
)
def test_it_is_refused_by_name(loader: Loader, name: str, content: bytes, says: str) -> None:
    before = loader.text(GOOD)
    with pytest.raises(ApportionError, match=says) as why:
        loader.text(content, name)
    assert name in str(why.value)
    assert why.value.exit_code
    assert loader.value("SELECT DISTINCT x_LoadId FROM charges") == before.load_id
    assert not list((loader.ledger.table("charges").directory / "_staged").glob("*"))


def test_a_file_that_unpacks_without_end_is_stopped_early(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipes, "_BOMB_FLOOR", 1 << 20)
    seen = _counting(monkeypatch)
    bomb = gzip.compress(GOOD.encode() + GOOD.splitlines(keepends=True)[1].encode() * 1_000_000)
    with pytest.raises(BadInput, match="more than 200 times its size"):
        loader.text(bomb, "bomb.csv.gz")
    assert sum(seen) < 300 * len(bomb)


def _counting(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    seen: list[int] = []
    unpack = pipes.unpack

    def counted(path: Path, name: str) -> Iterator[bytes]:
        for piece in unpack(path, name):
            seen.append(len(piece))
            yield piece

    monkeypatch.setattr(pipes, "unpack", counted)
    return seen


def test_a_missing_path_is_named(loader: Loader) -> None:
    with pytest.raises(BadInput, match=r"missing\.csv: There is no such file"):
        loader.load(loader.folder / "missing.csv")


def test_a_folder_without_data_is_named(loader: Loader) -> None:
    (loader.folder / "nothing").mkdir()
    with pytest.raises(BadInput, match=r"nothing: No file to read"):
        loader.load(loader.folder / "nothing")


def test_the_good_file_beside_a_bad_one_is_not_loaded_alone(loader: Loader) -> None:
    good, bad = loader.write(GOOD, "a.csv"), loader.write(b"", "b.csv")
    with pytest.raises(BadInput, match=r"b\.csv"):
        loader.load(good, bad)
    assert loader.ledger.table("charges").version() == -1
