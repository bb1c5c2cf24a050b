"""A server that takes operations, a client that speaks to it, and models that answer."""

from collections.abc import Iterator

import pytest
from model_upstream import Upstream
from operations_receiver import Receiver

from apportion_sdk import Client


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    yield server
    server.stop()


@pytest.fixture
def client(receiver: Receiver) -> Iterator[Client]:
    """Sends what it has as soon as it has it."""
    made = Client(receiver.url, interval=0.01)
    yield made
    made.close()


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    server = Upstream()
    yield server
    server.stop()
