"""Which keys a table of usage knows, by the names and footers of the files in its newest version."""

from deltalake import DeltaTable, Schema

from apportion.ingestion.push.files import Noted, level_of, marks_of, note_of
from apportion.ledger import Table
from apportion.ledger.table import files_of


class Known:
    """The keys of a table as it was when it was last followed. One thread at a time may use it."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._delta: DeltaTable | None = None
        self._version = -1
        self._files: dict[str, dict[str, Noted | None]] = {}
        self._at: dict[str, str] = {}

    def find(self, key: str) -> Noted | None:
        """What is known of a key's batch; None where the key is new."""
        path = self._at.get(key)
        if path is None:
            return None
        return self._files[path][key] or note_of(path).keys[key]

    def files(self) -> list[str]:
        """The files that pushes made."""
        return list(self._files)

    def follow_made(self, schema: Schema) -> DeltaTable:
        """Like `follow`, with the table made where it is not there yet; the table as it is known now."""
        if self._delta is None:
            self._delta = self._table.create(schema)
        self.follow()
        return self._delta

    def follow(self) -> None:
        """Catch up with the newest version."""
        newest = self._table.version()
        if newest < 0 or (self._delta is not None and newest == self._version):
            return
        if self._delta is None:
            self._delta = self._table.open()
        else:
            self._delta.update_incremental()
        if self._delta is None:
            return
        self._version = self._delta.version()
        now = {path for path in files_of(self._delta, {}) if level_of(path) is not None}
        for path in self._files.keys() - now:
            gone = self._files.pop(path)
            for key in gone:
                if self._at.get(key) == path:
                    del self._at[key]
        for path in now - self._files.keys():
            marks = marks_of(path)
            # A batch's own file is opened only when somebody asks for it: its name says enough.
            keys: dict[str, Noted | None] = {marks[0]: None} if marks else dict(note_of(path).keys)
            self._files[path] = keys
            self._at |= dict.fromkeys(keys, path)
