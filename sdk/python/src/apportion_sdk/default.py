"""The client that the functions of the package use, for applications that need but one."""

import os
from collections.abc import Mapping
from typing import Any, Unpack

from apportion_sdk.budgets import Reservation, ReserveFields
from apportion_sdk.client import Client
from apportion_sdk.counters import Stats
from apportion_sdk.operation import Number, OperationFields, Text

URL = "APPORTION_URL"
_held: dict[str, Client] = {}


def configure(url: str | None = None, **options: Any) -> Client:
    """Make the client that the functions of this package use, and return it.

    `url` is that of the environment variable `APPORTION_URL` where it is left out; `options` are those of
    `Client`.
    What cannot be used is logged, and nothing is sent then.
    """
    address = url or os.environ.get(URL)
    try:
        client = Client(address, **options)
    except (TypeError, ValueError) as why:
        client = Client(None)
        client.warn("configure", "apportion_sdk.configure: %s; nothing is sent", why)
    else:
        if not address:
            client.warn("configure", "Apportion has no url (argument or %s); nothing is sent", URL)
    earlier = _held.get("client")
    _held["client"] = client
    if earlier is not None:
        earlier.close(0.0)
    return client


def current() -> Client:
    """The client of `configure`, which is called with nothing where the application has not."""
    return _held.get("client") or configure()


def track(
    operation: Mapping[str, Any] | None = None, /, *, id: str | None = None,  # noqa: A002
    **fields: Unpack[OperationFields],
) -> str:  # fmt: skip
    """Record an operation and return its id; see `Client.track`."""
    return current().track(operation, id=id, **fields)


def budget(id: Text = None, **fields: Unpack[ReserveFields]) -> Reservation:  # noqa: A002
    """Room for one call, as a context; see `Client.reserve`."""
    return current().reserve(id, **fields)


def outcome(
    operation_id: str | None, *, success: bool | None = None, value: Number = None,
    units: Number = None, unit: Text = None,
) -> None:  # fmt: skip
    """Say later how an operation turned out; see `Client.outcome`."""
    current().outcome(operation_id, success=success, value=value, units=units, unit=unit)


def flush(timeout: float = 5.0) -> bool:
    """Wait until all that was recorded is with the server; see `Client.flush`."""
    return current().flush(timeout)


def close(timeout: float = 5.0) -> bool:
    """Send what is left and end; see `Client.close`."""
    return current().close(timeout)


def stats() -> Stats:
    """What became of the operations; see `Client.stats`."""
    return current().stats()
