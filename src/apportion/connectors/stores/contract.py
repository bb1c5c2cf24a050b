"""Where the files of bills lie: one interface for local folders and object stores."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from apportion.core.patience import Said


@dataclass(frozen=True)
class Stored:
    """One object as a store lists it.

    `key` is the path below the store's root, '/' between parts; `size` is bytes. `etag` changes whenever the
    content does. `modified` is UTC.
    """

    key: str
    size: int
    etag: str
    modified: datetime


class Store(Protocol):
    """A place that holds objects.

    Every method raises NotFound where the place or the object is missing, Terminal where it may not be
    read, and Transient where trying again later may help.
    """

    @property
    def place(self) -> str:
        """The location as people wrote it."""

    def list(self, prefix: str = "") -> list[Stored]:
        """All objects in the folder `prefix` and the folders below it, sorted by key."""

    def read(self, key: str) -> bytes:
        """The content of a small object, such as a manifest."""

    def fetch(self, stored: Stored, folder: Path, said: Said) -> Path:
        """A local file with the content that was listed, below `folder` where it had to be fetched.

        Transient where the object has changed since.
        """
