"""The part of apportion.yaml that says where alerts can go: named channels, one model for each type."""

from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from apportion.alerts.templates import check_template
from apportion.core.settings import Name, Part, Secret

Template = Annotated[str, AfterValidator(check_template)]


def _inside(file: str) -> str:
    path = PurePosixPath(file)
    if path.is_absolute() or ".." in path.parts or path.name == "apportion.yaml":
        raise ValueError("name a file below the folder of apportion.yaml, like alerts.jsonl")
    return file


class Channel(Part):
    """What every channel has.

    Every critical alert goes to one with `page`, too. `title` and `text` are templates that replace the usual
    ones. `timeout` is in seconds. `when_unclear` says what happens to a message of which nobody knows whether
    it arrived: it is sent again under the same id, or it is shown as uncertain and left alone.
    """

    page: bool = False
    title: Template = ""
    text: Template = ""
    timeout: float = Field(default=10, ge=1, le=60)
    when_unclear: Literal["repeat", "show"] = "repeat"

    @property
    def to_contacts(self) -> bool:
        """Whether it writes to the contact that a message is for."""
        return False


class AppriseChannel(Channel):
    """Slack, e-mail, PagerDuty and all else that Apprise has an address for.

    With `contacts`, its address has {contact} where each message has its customer's own contact.
    """

    type: Literal["apprise"]
    url: Secret
    format: Literal["text", "markdown"] = "text"
    contacts: bool = False

    @property
    def to_contacts(self) -> bool:
        """Whether it writes to the contact that a message is for."""
        return self.contacts


class WebhookChannel(Channel):
    """An address that takes a signed JSON document. `secret` is the key of the signature."""

    type: Literal["webhook"]
    url: Secret
    secret: Secret
    allow_private: bool = False


class LogChannel(Channel):
    """JSON lines at the end of a file below the workspace; without one, the program's log."""

    type: Literal["log"]
    file: Annotated[str, AfterValidator(_inside)] = ""


AnyChannel = Annotated[AppriseChannel | WebhookChannel | LogChannel, Field(discriminator="type")]
Channels = dict[Name, AnyChannel]
