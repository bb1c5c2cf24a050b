"""Where a source's files wait between being fetched and being loaded: for one process, and nothing stale."""

import fcntl
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from apportion.connectors import Offer
from apportion.core.errors import Transient


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Transient where another process brings in the same source: it would remove what this one reads."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f".{folder.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            hint = "Wait until it has finished."
            raise Transient("It is being brought in already.", where=folder.name, hint=hint) from None
        yield


def folder_of(folder: Path, offer: Offer) -> Path:
    """Where the files of an offer go."""
    return folder / (offer.period or "all")


def tidy(folder: Path, offers: Sequence[Offer]) -> None:
    """Remove what runs that were cut off left below `folder`, except what `offers` can still use."""
    wanted = {folder_of(folder, offer): offer for offer in offers}
    for found in folder.glob("*"):
        if found not in wanted:
            shutil.rmtree(found, ignore_errors=True)
        elif wanted[found].objects:
            _keep(found, {found / stored.key for stored in wanted[found].objects})


def _keep(folder: Path, targets: set[Path]) -> None:
    """Remove the files below `folder` that are neither `targets` nor the notes beside them."""
    for path in folder.rglob("*"):
        if path.is_file() and not any(
            path in _beside(target) for target in targets if target.parent == path.parent
        ):
            path.unlink()


def _beside(target: Path) -> set[Path]:
    return {target, *(target.with_name(f".{target.name}.{end}") for end in ("part", "etag", "lock"))}
