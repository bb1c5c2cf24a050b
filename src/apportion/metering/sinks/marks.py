"""How far a sink has come, in a file of the workspace: written whole, after what it says has been sent."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from apportion.core.alone import alone
from apportion.core.errors import BadInput


@dataclass(frozen=True)
class Mark:
    """`through` is the last `changed` that arrived; `error` is the last one, and stands
    while `failing`; times are as ISO 8601 has them, '' for never.
    """

    through: int = 0
    sent: int = 0
    last_sent: str = ""
    failing: bool = False
    error: str = ""
    error_at: str = ""


class Marks:
    """The marks of a workspace's sinks, a file each, in a folder that is made when it is needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, label: str) -> Mark:
        """How far the sink has come; nowhere where it never ran. BadInput for a file that is no mark."""
        path = self._path(label, "json")
        try:
            return Mark(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return Mark()
        except (OSError, ValueError, TypeError) as why:
            raise BadInput(
                f"the mark of a sink cannot be read ({type(why).__name__})",
                where=str(path),
                hint="Remove the file, and the sink begins again with all that the state database has.",
            ) from None

    def write(self, label: str, mark: Mark) -> None:
        """Keep it for good; who reads sees this one or the one before."""
        path = self._path(label, "json")
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("w", encoding="utf-8") as file:
            json.dump(asdict(mark), file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    def least(self, labels: Sequence[str]) -> int | None:
        """How far every one of these sinks has come; None where there are none."""
        return min((self.read(label).through for label in labels), default=None)

    @contextmanager
    def alone(self, label: str) -> Iterator[bool]:
        """Whether this process may follow for the sink: one does at a time, and a killed one lets go."""
        with alone(self._path(label, "lock")) as mine:
            yield mine

    def _path(self, label: str, ending: str) -> Path:
        plain = re.sub(r"[^A-Za-z0-9.-]+", "-", label).strip("-.")[:60]
        return self._folder / f"{plain}-{sha256(label.encode()).hexdigest()[:8]}.{ending}"
