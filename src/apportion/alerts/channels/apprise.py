"""Slack, e-mail, PagerDuty and a hundred more, through Apprise."""

import re
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from apportion.alerts.channel_settings import AppriseChannel
from apportion.alerts.channels.contacts import PLACE, for_contact, is_contact
from apportion.alerts.channels.contract import Unclear
from apportion.alerts.channels.quiet import quietly
from apportion.alerts.templates import Written
from apportion.core.errors import BadInput, Terminal, Transient

if TYPE_CHECKING:
    from apprise import NotifyBase

_STATUS = re.compile(r"\b(?:error|code|status)[=: ]+(\d{3})\b")
_PASSING = {408, 425, 429}
_UNCLEAR = {502, 504}
_SLOW_DOWN, _PAUSE = 429, 30.0
"""Apprise does not tell for how long a service wants to be left alone."""
EXAMPLE = "somebody@example.com"
_ABOUT_PLACE = {
    True: "Its address has no {contact}.",
    False: "Its address has {contact}, and nothing is put there without `contacts: true`.",
}
_LOADING = Lock()
"""Its plugins are loaded with the first address, by one thread."""
HEADER = "X-Apportion-Message-Id"


class Apprise:
    """One address of Apprise's, which may name several receivers: they succeed or fail together."""

    def __init__(self, settings: AppriseChannel, directory: Path) -> None:
        self._format, self._settings = settings.format, settings
        self._url = settings.url.read(directory)
        if settings.contacts != (PLACE in self._url):
            raise BadInput(_ABOUT_PLACE[settings.contacts], where=settings.url.place)
        self._service = _service(
            settings, for_contact(self._url, EXAMPLE) if settings.contacts else self._url
        )
        self._name = str(self._service.service_name)

    def send(self, message: Written) -> str:
        """Hand it to Apprise, which says only whether it worked; why not is taken from what it logs."""
        if self._settings.contacts:
            self._address(message)
        self._identify(message)
        body = message.markdown if self._format == "markdown" else message.text
        with quietly() as said:
            try:
                done = self._service.notify(
                    body=body, title=message.title, notify_type=_kind(message), body_format=self._format
                )
            except Exception as why:  # noqa: BLE001  a plugin's own fault, whose text may hold the address
                raise Unclear(f"{self._name} failed ({type(why).__name__})") from None
        if done:
            return f"{self._name} took it"
        raise self._refusal(_status(said))

    def close(self) -> None:
        """Apprise keeps nothing open."""

    def _address(self, message: Written) -> None:
        """The service for whom the message is; Terminal where it is for nobody outside, as tests are."""
        if not is_contact(message.contact):
            raise Terminal("it writes to customers alone, and this is for none of them")
        self._service = _service(self._settings, for_contact(self._url, message.contact))

    def _identify(self, message: Written) -> None:
        """The id where a receiver looks for it: a header, and PagerDuty's key of an incident."""
        service: Any = self._service
        if isinstance(getattr(service, "headers", None), dict):
            service.headers[HEADER] = message.message_id
        if hasattr(service, "dedup") and service.action != "resolve":
            service.dedup, service.action = message.thread, "map"

    def _refusal(self, status: int | None) -> Terminal | Transient:
        if status is None:
            return Unclear(f"{self._name} did not take it, or did not answer")
        said = f"{self._name} answered {status}"
        if status in _UNCLEAR:
            return Unclear(said)
        if status in _PASSING or status >= 500:
            return Transient(said, after=_PAUSE if status == _SLOW_DOWN else 0)
        return Terminal(said)


def _service(settings: AppriseChannel, url: str) -> "NotifyBase":
    """BadInput, without a word of the address, where Apprise does not know it."""
    with _LOADING, quietly():
        from apprise import Apprise as Library  # noqa: PLC0415  takes long to import
        from apprise import AppriseAsset  # noqa: PLC0415

        asset = AppriseAsset(
            app_id="Apportion", app_desc="Apportion", app_url="", async_mode=False, secure_logging=True,
            storage_mode="memory", http_redirects=False, pgp_autogen=False, pem_autogen=False,
        )  # fmt: skip
        found = Library.instantiate(url, asset=asset)
    if found is None:
        raise BadInput(
            "This is no address that Apprise can use.",
            where=settings.url.place,
            hint="See https://github.com/caronc/apprise/wiki for the address of each service.",
        )
    found.socket_connect_timeout = found.socket_read_timeout = settings.timeout
    return found


def _kind(message: Written) -> str:
    """Apprise's word for how bad it is; services colour by it."""
    if message.event in ("resolved", "test"):
        return "success" if message.event == "resolved" else "info"
    return "failure" if message.severity == "critical" else "warning"


def _status(said: list[str]) -> int | None:
    """The status that the service answered, from what was logged; None where none was."""
    found = [int(match[1]) for line in said if (match := _STATUS.search(line))]
    return found[-1] if found else None
