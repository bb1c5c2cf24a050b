"""Customers and revenue from an SQL database: all of them, each time."""

from pathlib import Path

from apportion.connectors.contract import SourceFile
from apportion.connectors.sql.database import Database
from apportion.connectors.sql.rows import stream
from apportion.connectors.usage.settings import SqlRows
from apportion.core.errors import NotFound


def fetch_rows(settings: SqlRows, directory: Path, folder: Path, name: str) -> SourceFile:
    """What the query answers, in a file below `folder` that people know as `name`; NotFound where nothing."""
    database = Database(settings.url, directory)
    with database.connected() as con:
        answer = stream(con, settings.query, {}, folder / name, name)
    if not answer.rows:
        raise NotFound("The query answers no rows.", where=database.place, hint="Look at its conditions.")
    return answer.file
