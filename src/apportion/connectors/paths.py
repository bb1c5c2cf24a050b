"""Finds the files that a path means: a file, all data files below a folder, or a pattern."""

import glob
from collections.abc import Iterable, Sequence
from pathlib import Path

from apportion.connectors.contract import SourceFile
from apportion.core.errors import BadInput

ENDINGS = (".csv", ".csv.gz", ".parquet")


def find_files(paths: Sequence[str | Path]) -> list[SourceFile]:
    """Every file meant by `paths`, each once, in a fixed order; BadInput where a path means none."""
    found: dict[Path, SourceFile] = {}
    for given in paths:
        for path, name in _files(Path(given)):
            found.setdefault(path.resolve(), SourceFile(path, name, path.stat().st_size))
    if not found:
        raise BadInput("No file was given.", hint="Name a file, a folder or a pattern.")
    return _with_distinct_names(found.values())


def _files(path: Path) -> list[tuple[Path, str]]:
    if path.is_file():
        return [(path, path.name)]
    if path.is_dir():
        inside = [p for p in sorted(path.rglob("*")) if p.is_file() and _is_data(p.relative_to(path))]
        if not inside:
            endings = ", ".join(ENDINGS)
            raise BadInput("No file to read in this folder.", where=str(path), hint=f"Expected {endings}.")
        return [(p, p.relative_to(path).as_posix()) for p in inside]
    found = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207  # Path.glob takes no absolute pattern
    matches = [Path(p) for p in found if Path(p).is_file()]
    if not matches:
        raise BadInput("There is no such file or folder.", where=str(path), hint="Check the path.")
    return [(p, p.name) for p in matches]


def _is_data(path: Path) -> bool:
    hidden = any(part.startswith((".", "_")) for part in path.parts)
    return not hidden and path.name.lower().endswith(ENDINGS)


def _with_distinct_names(files: Iterable[SourceFile]) -> list[SourceFile]:
    """Files of the same name from different folders are told apart by their paths."""
    listed = list(files)
    names = [f.name for f in listed]
    return [f if names.count(f.name) == 1 else SourceFile(f.path, f.path.as_posix(), f.size) for f in listed]
