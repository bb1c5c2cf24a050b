"""A signed JSON document to an address of one's own."""

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from apportion.alerts.channel_settings import WebhookChannel
from apportion.alerts.channels.addresses import resolve
from apportion.alerts.channels.contract import Unclear
from apportion.alerts.channels.quiet import quietly
from apportion.alerts.channels.secrets import parts_of, without
from apportion.alerts.channels.signature import key_of, signed
from apportion.alerts.templates import Written
from apportion.core.errors import ApportionError, BadInput, Terminal, Transient

if TYPE_CHECKING:
    import httpx

_PASSING = {408, 425, 429}
_UNCLEAR = {502, 504}
"""A gateway says so of a server that may have got the message."""
_MOST_ANSWER = 2_000


class Webhook:
    """Posts to one address; where private addresses are not allowed, over TLS to a public one alone."""

    def __init__(
        self, settings: WebhookChannel, directory: Path, clock: Callable[[], float] = time.time
    ) -> None:
        self._settings, self._clock = settings, clock
        self._url = settings.url.read(directory)
        secret = settings.secret.read(directory)
        self._key = key_of(secret)
        self._secrets = parts_of(self._url) | {secret}
        self._host, self._port = self._checked()
        self._client: httpx.Client | None = None

    def send(self, message: Written) -> str:
        """Post the document, whose answer has a status of 200 to 299."""
        address = resolve(self._host, self._port, allow_private=self._settings.allow_private)
        body = json.dumps(message.document, ensure_ascii=False, sort_keys=True).encode()
        now = int(self._clock())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "apportion",
            "webhook-id": message.message_id,
            "webhook-timestamp": str(now),
            "webhook-signature": signed(self._key, message.message_id, now, body),
        }
        with quietly():
            return self._posted(address, body, headers)

    def close(self) -> None:
        """Close the connection."""
        if self._client:
            self._client.close()
            self._client = None

    def _checked(self) -> tuple[str, int]:
        """Host and port. Nothing of the address is told: all of it may be secret."""
        place, private = self._settings.url.place, self._settings.allow_private
        try:
            parts = urlsplit(self._url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise BadInput("This is no address.", where=place, hint="Write https://… there.") from None
        schemes = {"https": 443, "http": 80} if private else {"https": 443}
        if parts.scheme not in schemes or not host or parts.username or parts.password:
            hint = "It begins with https:// and has no user or password; `allow_private` allows http://, too."
            raise BadInput("This is no address that a webhook may be sent to.", where=place, hint=hint)
        return host, port or schemes[parts.scheme]

    def _posted(self, address: str, body: bytes, headers: dict[str, str]) -> str:
        import httpx  # noqa: PLC0415  takes long to import, and few commands need it

        asked = httpx.URL(self._url)
        target = asked.copy_with(host=address)
        headers["Host"] = asked.netloc.decode("ascii")
        try:
            with self._open().stream(
                "POST",
                target,
                content=body,
                headers=headers,
                extensions={"sni_hostname": asked.raw_host.decode()},
            ) as answer:
                return self._understood(answer.status_code, self._read(answer), answer.headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as why:
            raise Transient(f"it cannot be reached ({type(why).__name__})") from None
        except httpx.HTTPError as why:
            raise Unclear(f"it did not answer in full ({type(why).__name__})") from None

    def _read(self, answer: "httpx.Response") -> str:
        """The beginning of an answer, as far as it comes in time; a status has been given by then."""
        import httpx  # noqa: PLC0415

        found, end = bytearray(), time.monotonic() + self._settings.timeout
        with suppress(httpx.HTTPError):
            for chunk in answer.iter_raw(_MOST_ANSWER):
                found += chunk
                if len(found) >= _MOST_ANSWER or time.monotonic() > end:
                    break
        return without(found[:_MOST_ANSWER].decode(errors="replace"), self._secrets)

    def _understood(self, status: int, words: str, headers: "httpx.Headers") -> str:
        said = f"it answered {status}" + (f": {words}" if words else "")
        if 200 <= status < 300:
            return str(status)
        raise self._refusal(status, said, _seconds(headers.get("retry-after", ""), self._clock()))

    def _refusal(self, status: int, said: str, after: float) -> ApportionError:
        if status in _UNCLEAR:
            return Unclear(said, after=after)
        if status in _PASSING or status >= 500:
            return Transient(said, after=after)
        if 300 <= status < 400:
            return Terminal(f"it answered {status}, a redirect, which is not followed")
        return Terminal(said)

    def _open(self) -> "httpx.Client":
        import certifi  # noqa: PLC0415
        import httpx  # noqa: PLC0415

        if self._client is None:
            import ssl  # noqa: PLC0415

            trusted = ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE") or certifi.where())
            # Without the environment's proxies, which would be the ones to resolve the name.
            self._client = httpx.Client(
                timeout=self._settings.timeout, verify=trusted, trust_env=False, follow_redirects=False
            )
        return self._client


def _seconds(text: str, now: float) -> float:
    """What Retry-After says, as seconds from now: a number, or a date."""
    with suppress(ValueError):
        return max(0.0, float(text)) if text.strip().isdigit() else 0.0 + _until(text, now)
    return 0.0


def _until(text: str, now: float) -> float:
    return max(0.0, parsedate_to_datetime(text).timestamp() - now) if text else 0.0
