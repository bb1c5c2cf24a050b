"""Where alerts go: one file for each type of channel, behind one protocol."""

from pathlib import Path

from apportion.alerts.channel_settings import AnyChannel, AppriseChannel, WebhookChannel
from apportion.alerts.channels.apprise import Apprise
from apportion.alerts.channels.contract import Channel, Unclear
from apportion.alerts.channels.log import Log
from apportion.alerts.channels.webhook import Webhook

__all__ = ["Channel", "Unclear", "open_channel"]


def open_channel(settings: AnyChannel, directory: Path) -> Channel:
    """The channel; secrets are read now, from the environment or files taken from `directory`.

    Raises BadInput, which tells no secret, where one is missing or cannot be used.
    """
    if isinstance(settings, AppriseChannel):
        return Apprise(settings, directory)
    if isinstance(settings, WebhookChannel):
        return Webhook(settings, directory)
    return Log(settings, directory)
