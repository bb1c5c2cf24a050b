"""The files of one load: each content once, unchanged while it is read, known by what it contains."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from apportion.connectors import SourceFile, find_files
from apportion.core.errors import Transient
from apportion.ingestion.fingerprint import digest


@dataclass(frozen=True)
class Sources:
    """Files to be read, and notes about files left out. `stamps` are size and time of change when found."""

    files: tuple[SourceFile, ...]
    notes: tuple[str, ...]
    stamps: tuple[tuple[int, int], ...]

    @property
    def sizes(self) -> list[int]:
        return sorted(f.size for f in self.files)

    def check_unchanged(self) -> None:
        """Raise Transient where a file was written to since it was found."""
        for file, stamp in zip(self.files, self.stamps, strict=True):
            if _stamp(file.path) != stamp:
                raise Transient(
                    "The file changed while it was read.",
                    where=file.name,
                    hint="Load it again when it is complete.",
                )


def find_sources(given: Sequence[str | Path | SourceFile]) -> Sources:
    """The files that are given or meant, without copies: the same bill twice would count its cost twice."""
    files = [f for f in given if isinstance(f, SourceFile)]
    paths = [p for p in given if not isinstance(p, SourceFile)]
    found = [*files, *(find_files(paths) if paths or not files else [])]
    sizes = Counter(f.size for f in found)
    first: dict[str, SourceFile] = {}
    kept, notes = [], []
    for file in found:
        same = first.setdefault(digest(file.path), file) if sizes[file.size] > 1 else file
        if same is file:
            kept.append(file)
        else:
            notes.append(f"{file.name} has the same content as {same.name} and was left out.")
    return Sources(tuple(kept), tuple(notes), tuple(_stamp(f.path) for f in kept))


def _stamp(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns
