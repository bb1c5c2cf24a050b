"""Where a sink's text goes: to an address, or to the end of a file."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from apportion.core.errors import Terminal, Transient
from apportion.core.growing import append
from apportion.metering.sinks.settings import Sink

if TYPE_CHECKING:
    import httpx

SECONDS = 30.0
"""After which an address that does not answer has failed."""
_TOO_LARGE = 413
_OF_INFLUX = "Token"


class TooLarge(Terminal):
    """The address does not take so much at once."""


class Target(Protocol):
    """Takes text, for good: what it has not taken when it returns, it raises."""

    def send(self, head: str, text: str, media_type: str) -> None:
        """Hand on lines; `head` stands before the first that this place gets, or each time."""

    def close(self) -> None:
        """Let go."""


def target(sink: Sink, directory: Path) -> Target:
    """The place of a sink; files are taken from `directory`. Nothing is opened yet."""
    return Address(sink, directory) if sink.url else Growing(directory / sink.file)


class Growing:
    """A file that lines are added to. A line that was cut off by a crash goes; it is sent again."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, head: str, text: str, media_type: str) -> None:  # noqa: ARG002  a file has a name instead
        """Add the lines, and wait until they are on the disk."""
        append(self._path, text, head)

    def close(self) -> None:
        """Nothing is open."""


class Address:
    """An address that lines are posted to."""

    def __init__(self, sink: Sink, directory: Path) -> None:
        self._sink, self._directory = sink, directory
        self._client: httpx.Client | None = None

    def send(self, head: str, text: str, media_type: str) -> None:
        """Post the lines. Raises Transient or TooLarge where they are not taken."""
        import httpx  # noqa: PLC0415  takes long to import, and few commands need it

        if self._client is None:
            self._client = httpx.Client(timeout=SECONDS)
        headers = {"Content-Type": media_type, "User-Agent": "apportion", **self._authorized()}
        try:
            answer = self._client.post(self._sink.url, content=(head + text).encode(), headers=headers)
        except httpx.HTTPError as why:
            raise Transient(f"it does not answer ({type(why).__name__})", where=self._sink.label) from None
        if answer.is_success:
            return
        said = f"it answered {answer.status_code}"
        if answer.status_code == _TOO_LARGE:
            raise TooLarge(said, where=self._sink.label)
        raise Transient(said, where=self._sink.label, after=_seconds(answer.headers.get("retry-after", "")))

    def close(self) -> None:
        """Close the connection."""
        if self._client:
            self._client.close()
            self._client = None

    def _authorized(self) -> dict[str, str]:
        if self._sink.token is None:
            return {}
        kind = _OF_INFLUX if self._sink.format == "influx" else "Bearer"
        return {"Authorization": f"{kind} {self._sink.token.read(self._directory)}"}


def _seconds(text: str) -> float:
    with suppress(ValueError):
        return max(0.0, float(text))
    return 0.0
