"""Alerts as JSON lines: in a file of the workspace, or in the program's log."""

import json
import logging
from pathlib import Path

from apportion.alerts.channel_settings import LogChannel
from apportion.alerts.templates import Written
from apportion.core.errors import Transient
from apportion.core.growing import append

log = logging.getLogger("apportion.alerts")


class Log:
    """Adds one line for each message."""

    def __init__(self, settings: LogChannel, directory: Path) -> None:
        self._path = directory / settings.file if settings.file else None

    def send(self, message: Written) -> str:
        """Write the document as one line."""
        line = json.dumps(message.document, ensure_ascii=False, sort_keys=True)
        if self._path is None:
            log.info("%s", line)
            return "logged"
        try:
            append(self._path, line + "\n")
        except OSError as why:
            raise Transient(f"the file cannot be written ({why.strerror or type(why).__name__})") from None
        return "written"

    def close(self) -> None:
        """Nothing is open."""
