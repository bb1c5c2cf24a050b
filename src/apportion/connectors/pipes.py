"""Feeds bytes of a file to DuckDB through a pipe: a part of a large file, or what a gzip file unpacks to.

Reading through a pipe is what makes records countable without slowing down: DuckDB numbers the rows of one
stream in order, so a file is cut at record boundaries and its parts are read side by side. It is also the one
place that sees every byte of a packed file, and so knows whether the file ends where it should.
"""

import fcntl
import os
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from apportion.core.errors import BadInput

Content = Callable[[int], None]
"""Writes all bytes into the pipe whose descriptor it is given."""

_PIPE = 1 << 20
_CHUNK = 1 << 22
_BOMB_RATIO = 200
_BOMB_FLOOR = 64 << 20


@contextmanager
def fed(write_all: Content) -> Iterator[str]:
    """A path that can be opened once to read what `write_all` writes into the descriptor it is given.

    What `write_all` raises is raised at the end of the block, before anything the reader made of the rest.
    """
    reader, writer = os.pipe()
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, _PIPE)
    failures: list[Exception] = []
    feeder = threading.Thread(target=_feed, args=(write_all, writer, failures), daemon=True)
    feeder.start()
    try:
        yield f"/dev/fd/{reader}"
    finally:
        os.close(reader)
        feeder.join()
        if failures:
            raise failures[0]


def _feed(write_all: Content, writer: int, failures: list[Exception]) -> None:
    try:
        write_all(writer)
    except BrokenPipeError:
        pass  # the reader has all it wants
    except Exception as why:  # noqa: BLE001  # it belongs to the thread that reads
        failures.append(why)
    finally:
        os.close(writer)


def plain_bytes(path: Path, start: int, end: int) -> Content:
    """Writes the bytes of `path` from `start` up to `end`."""

    def write(pipe: int) -> None:
        with path.open("rb", buffering=0) as file:
            at = start
            try:
                while at < end and (sent := os.sendfile(pipe, file.fileno(), at, min(end - at, _CHUNK))):
                    at += sent
            except BrokenPipeError:
                raise
            except OSError:  # not every system sends files into pipes
                file.seek(at)
            while at < end and (chunk := file.read(min(end - at, _CHUNK))):
                _write(pipe, chunk)
                at += len(chunk)

    return write


def given_bytes(data: bytes) -> Content:
    """Writes `data`."""
    return lambda pipe: _write(pipe, data)


def unpacked_bytes(path: Path, name: str, start: int) -> Content:
    """Writes what the gzip file unpacks to, without its first `start` bytes; BadInput where it is damaged."""

    def write(pipe: int) -> None:
        skip = start
        for piece in unpack(path, name):
            _write(pipe, piece[skip:] if skip else piece)
            skip = max(0, skip - len(piece))

    return write


def unpack(path: Path, name: str) -> Iterator[bytes]:
    """The content of a gzip file of one or several members, checked to its last byte.

    BadInput where it ends early, fails its checksum, or unpacks to more than 200 times its size.
    """
    sizes = [0, 0]
    try:
        with path.open("rb") as file:
            yield from _members(iter(lambda: file.read(_CHUNK), b""), sizes, name)
    except zlib.error as why:
        raise BadInput(f"The gzip data is damaged ({why}).", where=name, hint="Fetch it again.") from why


def _members(chunks: Iterator[bytes], sizes: list[int], name: str) -> Iterator[bytes]:
    member = None
    for chunk in chunks:
        sizes[0] += len(chunk)
        data = chunk
        while data:
            if member is None:
                data = data.lstrip(b"\0")  # padding after a member is allowed
                if not data:
                    break
                member = zlib.decompressobj(wbits=31)
            yield _counted(member.decompress(data, _CHUNK), sizes, name)
            if member.eof:
                data, member = member.unused_data, None
            else:
                data = member.unconsumed_tail
    if member is not None:
        yield _counted(member.flush(), sizes, name)
        if not member.eof:
            raise BadInput(
                f"The gzip file ends early, after {sizes[1]:,} bytes of text.",
                where=name,
                hint="It was not copied completely; fetch it again.",
            )


def _counted(piece: bytes, sizes: list[int], name: str) -> bytes:
    sizes[1] += len(piece)
    if sizes[1] > max(_BOMB_FLOOR, _BOMB_RATIO * sizes[0]):
        raise BadInput(
            f"It unpacks to more than {_BOMB_RATIO} times its size.",
            where=name,
            hint="If it is a bill all the same, unpack it yourself and give the CSV.",
        )
    return piece


def _write(pipe: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]
