"""The pepper: a secret beside the state database, without which nothing that is kept there opens a door."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from apportion.core.errors import BadInput, NotFound, Terminal
from apportion.core.settings import Secret

FOLDER, FILE = ".secrets", "pepper"
SIZE = 32
SHORTEST = 32


class PepperLost(Terminal):
    """Keys and sessions were made with another pepper than the one that is there."""

    exit_code = 4
    status = 503
    title = "Access cannot be checked"


class Pepper:
    """Makes keyed hashes (HMAC-SHA256) and keys for other uses; does not show itself."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def keyed(self, use: str, text: str) -> str:
        """The keyed hash of a text in hexadecimal; one use's says nothing about another's."""
        return hmac.new(self._secret, f"{use}\0{text}".encode(), hashlib.sha256).hexdigest()

    def derived(self, use: str) -> bytes:
        """A key of 32 bytes for another use."""
        return hmac.new(self._secret, f"derived\0{use}".encode(), hashlib.sha256).digest()

    @property
    def mark(self) -> str:
        """By this a pepper is known again."""
        return self.keyed("mark", "")

    def __repr__(self) -> str:
        return "Pepper(…)"


def read(directory: Path, named: Secret | None) -> Pepper:
    """The pepper that settings name, or the workspace's own. NotFound for the latter, BadInput for others."""
    if named:
        text = named.read(directory)
        if len(text) < SHORTEST:
            hint = "Make one with: openssl rand -base64 32"
            raise BadInput(f"A pepper has at least {SHORTEST} characters.", where=named.place, hint=hint)
        return Pepper(text.encode())
    path = directory / FOLDER / FILE
    try:
        with path.open("rb") as file:
            open_to_others = os.fstat(file.fileno()).st_mode & 0o077
            found = file.read(SIZE + 1)
    except FileNotFoundError:
        raise NotFound("There is no pepper.", where=f"{FOLDER}/{FILE}") from None
    except OSError as why:
        raise BadInput(f"It cannot be read ({type(why).__name__}).", where=f"{FOLDER}/{FILE}") from None
    if open_to_others:
        hint = f"Run: chmod 600 {FOLDER}/{FILE}"
        raise BadInput("Others on this machine can read it.", where=f"{FOLDER}/{FILE}", hint=hint)
    if len(found) != SIZE:
        hint = "Put it back from a backup."
        raise BadInput(f"It is not the {SIZE} bytes it was.", where=f"{FOLDER}/{FILE}", hint=hint)
    return Pepper(found)


def make(directory: Path) -> None:
    """Write a random pepper where there is none; of several that try at once, one does."""
    made = _written(directory)
    try:
        os.link(made, directory / FOLDER / FILE)  # whole or not at all, and never over another
    except FileExistsError:
        pass
    finally:
        made.unlink()


def replace(directory: Path) -> None:
    """Write a random pepper in place of the one there is."""
    _written(directory).replace(directory / FOLDER / FILE)


def _written(directory: Path) -> Path:
    """A new pepper beside its place, on the disk, readable to its owner alone and never to go into Git."""
    folder = directory / FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
        path = folder / f"{FILE}.{secrets.token_hex(8)}"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(SIZE))
            file.flush()
            os.fsync(file.fileno())
    except OSError as why:
        raise BadInput(f"It cannot be written ({type(why).__name__}).", where=f"{FOLDER}/{FILE}") from None
    return path
