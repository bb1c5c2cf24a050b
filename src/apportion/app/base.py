"""What every part of a workspace needs: its file, its ledger, a database for a question."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import duckdb

from apportion import __version__, ingestion, workspace
from apportion.engine import connect
from apportion.ledger import Ledger
from apportion.workspace import Workspace

Said = Callable[[str], None]


def silent(_: str) -> None:
    """Progress that nobody reads."""


class Base:
    """A folder with an apportion.yaml and a ledger."""

    version = __version__

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.ledger = Ledger(directory / "ledger")
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)  # limits and credits go by it

    @cached_property
    def text(self) -> str:
        return workspace.read_text(self.directory)

    @cached_property
    def workspace(self) -> Workspace:
        return workspace.parse(self.text)

    @property
    def spill(self) -> Path:
        """Where a database may put what does not fit into memory."""
        return self.directory / "ledger" / ".spill"

    def run_key(self) -> str:
        """Changes whenever a reader would see something else."""
        return self.ledger.key()

    @contextmanager
    def facts_alone(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A database for the newest facts, which needs no run."""
        con = connect(temp=self.spill)
        try:
            yield con
        finally:
            con.close()

    def tag_keys(self) -> list[str]:
        return sorted({key for load in ingestion.standing(self.ledger).values() for key, _ in load.tag_keys})
