"""Sends what an outbox has until nothing is left; a process of its own, to be killed."""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import TypeAdapter

from apportion.alerts.channel_settings import Channels
from apportion.alerts.delivery import Delivery
from apportion.alerts.delivery_policy import Policy
from apportion.database import State

HASTE = Policy(
    attempts=50, first=0.05, most=0.2, age=timedelta(seconds=6), lease=timedelta(seconds=2.5),
    rest_after=2, rest_first=0.1, rest_most=0.3,
)  # fmt: skip
"""A day of patience in some seconds."""


def main(url: str, folder: str) -> None:
    settings = json.loads((Path(folder) / "channels.json").read_text())
    channels = TypeAdapter[Channels](Channels).validate_python(settings)
    delivery = Delivery(State(url), channels, Path(folder), policy=HASTE)
    while (due := delivery.run(wait=0.2).next_due) is not None:
        time.sleep(min(0.2, max(0.05, (due - datetime.now(UTC)).total_seconds())))


main(*sys.argv[1:])
