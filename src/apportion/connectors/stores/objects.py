"""A bucket or container, or a part of one, as a store; one implementation for every provider."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from apportion.connectors.stores import keys
from apportion.connectors.stores.clouds import CLOUDS
from apportion.connectors.stores.contract import Stored
from apportion.connectors.stores.download import download
from apportion.connectors.stores.errors import UNWRITTEN, Doing, explained
from apportion.core.errors import Changed, NotFound
from apportion.core.patience import Patience, Said

if TYPE_CHECKING:
    from obstore import GetOptions, ObjectMeta
    from obstore.store import ObjectStore

PAGE = 1000
CHUNK = 1 << 20

T = TypeVar("T")


class CloudStore:
    """What lies below `path` in a bucket: a prefix, one object, or the objects that match a pattern.

    `scheme` says which provider (see `clouds`). Keys with a part that starts with '.' or '_' are left out,
    except where `path` itself says so.
    """

    def __init__(
        self, place: str, scheme: str, root: str, path: str, access: Mapping[str, str], patience: Patience
    ) -> None:
        self.place = place
        self._cloud, self._bucket, self._access = CLOUDS[scheme], root, access
        self._folder, pattern = keys.split_pattern(path.strip("/"))
        self._pattern = keys.compiled(pattern) if pattern else None
        self._patience = patience
        self._doing = Doing(self._cloud.words, place)

    def list(self, prefix: str = "") -> list[Stored]:
        """See `Store`; NotFound where the whole location holds nothing."""
        inside = self._ask(lambda: list(self._listed(prefix)))
        if not inside and not prefix and self._single:
            inside = [self._single]
        # A console shows folders by writing empty objects in their names.
        folders = {parent for stored in inside for parent in _parents(stored.key)}
        real = [
            s for s in inside if s.key not in folders and self._wanted(s.key) and keys.below(s.key, prefix)
        ]
        if not real and not prefix:
            raise NotFound("There is nothing here.", where=self.place, hint="Check the location.")
        return sorted(real, key=lambda stored: stored.key)

    def read(self, key: str) -> bytes:
        """See `Store`."""
        import obstore  # noqa: PLC0415

        path = self._path(key)
        return self._ask(lambda: bytes(obstore.get(self._store, path).bytes()), key)

    def fetch(self, stored: Stored, folder: Path, said: Said) -> Path:
        """See `Store`; a download that was cut off is continued. An object without etag was never listed."""
        path = self._path(stored.key)
        if not stored.etag:
            raise Changed(f"There is no object {stored.key}.", where=self.place, hint=UNWRITTEN)

        def get(start: int, end: int) -> Iterator[memoryview]:
            with explained(replace(self._doing, key=stored.key)):
                yield from self._chunks(path, stored, start, end)

        try:
            return download(stored, folder, get, self._patience, said)
        except NotFound:
            raise Changed(f"{stored.key} is no longer there.", where=self.place) from None

    @cached_property
    def _store(self) -> "ObjectStore":
        return self._cloud.connect(self._bucket, self._access, self.place)

    @cached_property
    def _single(self) -> Stored | None:
        """The object that the location itself names, if it names one."""
        import obstore  # noqa: PLC0415

        name = self._folder.rpartition("/")[2]
        if self._pattern or not name:
            return None
        with suppress(NotFound):
            meta = self._ask(lambda: obstore.head(self._store, self._folder), name)
            return _stored(name, meta)
        return None

    def _listed(self, prefix: str) -> Iterator[Stored]:
        import obstore  # noqa: PLC0415

        below = "/".join(part for part in (self._folder, prefix.strip("/")) if part)
        for page in obstore.list(self._store, below or None, chunk_size=PAGE):
            for meta in page:
                if key := meta["path"].removeprefix(self._folder).strip("/"):
                    yield _stored(key, meta)

    def _chunks(self, path: str, stored: Stored, start: int, end: int) -> Iterator[memoryview]:
        import obstore  # noqa: PLC0415

        options: GetOptions = {"range": (start, end)}
        if not stored.etag.startswith(_DATED):
            options["if_match"] = stored.etag if stored.etag.startswith("W/") else f'"{stored.etag}"'
        answer = obstore.get(self._store, path, options=options)
        now = _stored(stored.key, answer.meta)
        if (now.etag, now.size) != (stored.etag, stored.size):
            raise Changed(f"{stored.key} changed while it was being fetched.", where=self.place)
        for chunk in answer.stream(min_chunk_size=CHUNK):
            yield memoryview(chunk)

    def _ask(self, work: Callable[[], T], key: str = "") -> T:
        def attempt() -> T:
            with explained(replace(self._doing, key=key)):
                return work()

        return self._patience.call(attempt)

    def _path(self, key: str) -> str:
        keys.checked(key, self.place)
        # Only a location that names one object has keys that are not below it.
        if key == self._folder.rpartition("/")[2] and self._single:
            return self._folder
        return f"{self._folder}/{key}".strip("/")

    def _wanted(self, key: str) -> bool:
        return bool(self._pattern.fullmatch(key)) if self._pattern else not keys.is_hidden(key)


_DATED = "modified "


def _stored(key: str, meta: "ObjectMeta") -> Stored:
    """Listings and answers write the same etag with and without quotes."""
    tag = (meta["e_tag"] or "").removeprefix('"').removesuffix('"')
    etag = tag or f"{_DATED}{meta['last_modified'].isoformat()} {meta['size']}"
    return Stored(key, meta["size"], etag, meta["last_modified"])


def _parents(key: str) -> Iterator[str]:
    while "/" in key:
        key = key.rpartition("/")[0]
        yield key
