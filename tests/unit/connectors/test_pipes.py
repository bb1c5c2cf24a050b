"""Bytes reach the reader unchanged, and damage is told whatever the reader made of it."""

import gzip
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.connectors import pipes
from apportion.core.errors import BadInput


def through(content: pipes.Content) -> bytes:
    with pipes.fed(content) as path, Path(path).open("rb") as reader:
        return reader.read()


def test_a_part_of_a_file_is_just_that_part(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_bytes(bytes(range(256)) * 100_000)
    assert through(pipes.plain_bytes(path, 1_000, 20_000_000)) == path.read_bytes()[1_000:20_000_000]


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=4), st.integers(0, 20))
def test_packed_members_are_joined(
    tmp_path_factory: pytest.TempPathFactory, texts: list[bytes], start: int
) -> None:
    path = tmp_path_factory.mktemp("packed") / "data.gz"
    path.write_bytes(b"".join(map(gzip.compress, texts)) + b"\0" * 7)
    assert through(pipes.unpacked_bytes(path, "data.gz", start)) == b"".join(texts)[start:]


@given(st.data())
def test_every_cut_through_a_packed_file_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    packed = gzip.compress(b"some,thing\n" * 500)
    path = tmp_path_factory.mktemp("packed") / "cut.gz"
    path.write_bytes(packed[: data.draw(st.integers(1, len(packed) - 1))])
    with pytest.raises(BadInput, match=r"cut\.gz: The gzip file ends early"):
        through(pipes.unpacked_bytes(path, "cut.gz", 0))


def test_bytes_after_the_end_that_are_no_member_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "tail.gz"
    path.write_bytes(gzip.compress(b"a,b\n") + b"tail")
    with pytest.raises(BadInput, match="damaged"):
        through(pipes.unpacked_bytes(path, "tail.gz", 0))


def test_a_reader_may_stop_early(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"x" * 10_000_000)
    with pipes.fed(pipes.plain_bytes(path, 0, 10_000_000)) as pipe, Path(pipe).open("rb") as reader:
        assert reader.read(3) == b"xxx"


def test_expansion_is_measured_against_what_was_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipes, "_BOMB_FLOOR", 1000)
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(zlib.compress(b"harmless") * 10))
    assert through(pipes.unpacked_bytes(path, "bomb.gz", 0))
    path.write_bytes(gzip.compress(b"\0" * 10_000_000))
    with pytest.raises(BadInput, match="more than 200 times"):
        through(pipes.unpacked_bytes(path, "bomb.gz", 0))
