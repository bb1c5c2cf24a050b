"""A local folder, file or pattern as a store: nothing is copied."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from apportion.connectors.stores import keys
from apportion.connectors.stores.contract import Stored
from apportion.connectors.stores.errors import UNWRITTEN
from apportion.core.errors import Changed, NotFound, Terminal
from apportion.core.patience import Said


class FolderStore:
    """What `location` means: all files below a folder, one file, or those that match a pattern.

    In folders, files and folders whose names start with '.' or '_' are left out; a pattern or a file name
    takes what it says.
    """

    def __init__(self, location: str, directory: Path) -> None:
        self.place = location
        whole = directory / Path(location).expanduser()
        root, pattern = (str(whole), "") if whole.exists() else keys.split_pattern(whole.as_posix())
        self._only = whole.name if whole.is_file() else ""
        self._root = whole.parent if self._only else Path(root or "/")
        self._pattern = keys.compiled(pattern) if pattern else None

    def list(self, prefix: str = "") -> list[Stored]:
        """See `Store`; NotFound where there is no such file or folder, or it holds nothing."""
        if not self._root.is_dir():
            raise self._missing()
        with self._explained(self._root):
            found = [self._stored(key) for key in self._keys() if keys.below(key, prefix)]
        if not prefix and not found:
            raise NotFound("There is nothing here.", where=self.place, hint="Check the location.")
        return sorted(found, key=lambda stored: stored.key)

    def read(self, key: str) -> bytes:
        """See `Store`."""
        path = self._path(key)
        with self._explained(path):
            return path.read_bytes()

    def fetch(self, stored: Stored, folder: Path, said: Said) -> Path:  # noqa: ARG002  nothing has to be fetched
        """The file itself."""
        path = self._path(stored.key)
        if not path.is_file():
            hint = "" if stored.etag else UNWRITTEN
            raise Changed(f"There is no file {stored.key}.", where=self.place, hint=hint)
        with self._explained(path):
            now = self._stored(stored.key)
        if now.etag != stored.etag:
            raise Changed(f"{stored.key} changed while it was being read.", where=self.place)
        return path

    def _keys(self) -> Iterator[str]:
        if self._only:
            yield self._only
            return
        for folder, _, names in os.walk(self._root, onerror=_raise):
            for name in names:
                path = Path(folder) / name
                key = path.relative_to(self._root).as_posix()
                if self._wanted(key) and path.is_file():
                    yield key

    def _wanted(self, key: str) -> bool:
        if self._pattern:
            return not any(part.startswith(".") for part in key.split("/")) and bool(
                self._pattern.fullmatch(key)
            )
        return not keys.is_hidden(key)

    def _stored(self, key: str) -> Stored:
        found = (self._root / key).stat()
        modified = datetime.fromtimestamp(found.st_mtime, UTC)
        return Stored(key, found.st_size, f"{found.st_size}-{found.st_mtime_ns}", modified)

    def _path(self, key: str) -> Path:
        return self._root / keys.checked(key, self.place)

    def _missing(self) -> NotFound:
        return NotFound("There is no such file or folder.", where=self.place, hint="Check the location.")

    @contextmanager
    def _explained(self, path: Path) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            name = path.relative_to(self._root).as_posix()
            raise NotFound(
                f"There is no file {name}.", where=self.place, hint="Check the location."
            ) from None
        except PermissionError as why:
            hint = "Let the user that runs Apportion read it."
            raise Terminal(f"{why.filename} may not be read.", where=self.place, hint=hint) from None


def _raise(why: OSError) -> None:
    """What os.walk would pass over in silence."""
    raise why
