"""Looks at the first bytes of a file: is it Parquet, text, packed text, or nothing that can be read."""

import zlib
from pathlib import Path
from typing import Literal

from apportion.connectors.contract import SourceFile
from apportion.core.errors import BadInput

Kind = Literal["parquet", "text", "gzip"]

HEAD = 1 << 20
_ENCODINGS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_ARCHIVES = {
    b"PK\x03\x04": "a zip archive",
    b"\x28\xb5\x2f\xfd": "packed with zstd",
    b"BZh": "packed with bzip2",
    b"\xfd7zXZ": "packed with xz",
    b"%PDF": "a PDF",
}


def look(file: SourceFile, *, json: bool = False) -> tuple[Kind, bytes]:
    """The kind of file and up to 1 MiB of its beginning, unpacked; BadInput where it cannot be read.

    `json`: the reader knows JSON, too.
    """
    raw = _first_bytes(file.path, file.name)
    if raw.startswith(b"PAR1"):
        return "parquet", raw
    for magic, what in _ARCHIVES.items():
        if raw.startswith(magic):
            raise BadInput(f"This is {what}.", where=file.name, hint="Unpack it and give what is inside.")
    if raw.startswith(b"\x1f\x8b"):
        return "gzip", checked_text(_unpacked(raw, file.name), file.name, json=json)
    return "text", checked_text(raw, file.name, json=json)


def checked_text(head: bytes, name: str, *, json: bool = False) -> bytes:
    """`head` unless it is plainly no table in UTF-8."""
    if not head.strip():
        raise BadInput("The file is empty.", where=name, hint="Export it again.")
    for mark, encoding in _ENCODINGS.items():
        if head.startswith(mark):
            raise BadInput(f"The text is in {encoding}.", where=name, hint="Save it as UTF-8.")
    if head[:4096].count(0) > len(head[:4096]) // 8:
        raise BadInput("This is not text in UTF-8.", where=name, hint="Save it as CSV in UTF-8.")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<")):
        raise BadInput("This is a web page or XML.", where=name, hint="Export the bill as CSV or Parquet.")
    if not json and start.startswith((b"{", b"[")):
        raise BadInput("This is JSON.", where=name, hint="Export the bill as CSV or Parquet.")
    return head


def _first_bytes(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError as why:
        raise BadInput(
            f"It cannot be read: {why.strerror}.", where=name, hint="Check its permissions."
        ) from why


def _unpacked(raw: bytes, name: str) -> bytes:
    text, data = b"", raw
    try:
        while data and len(text) < HEAD:
            member = zlib.decompressobj(wbits=31)
            text += member.decompress(data, HEAD - len(text))
            data = member.unused_data.lstrip(b"\0")
    except zlib.error as why:
        raise BadInput(f"The gzip data is damaged ({why}).", where=name, hint="Fetch it again.") from why
    return text
