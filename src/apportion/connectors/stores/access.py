"""The setting `access` of a source: how a place is reached. Never a secret."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

KEYS = ("endpoint", "region", "profile", "account", "anonymous", "project")

_SECRET = re.compile(r"key|secret|token|password|passwd|sas|credential|signature", re.IGNORECASE)
_LIKE_TRUE = {"true": True, "yes": True, "false": False, "no": False}


def check_access(access: Mapping[str, str]) -> dict[str, str]:
    """The settings, if all are known and none is a secret; else ValueError, which never repeats a value."""
    for name, value in access.items():
        if _SECRET.search(name):
            raise ValueError(f"'{name}' looks like a secret: take it out, and set it in the environment")
        if name not in KEYS:
            raise ValueError(f"there is no setting '{name}' (known: {', '.join(KEYS)})")
        if not value.strip():
            raise ValueError(f"'{name}' is empty")
    if "anonymous" in access and access["anonymous"].lower() not in _LIKE_TRUE:
        raise ValueError('\'anonymous\' is either "true" or "false"')
    if "endpoint" in access:
        _check_endpoint(access["endpoint"])
    return dict(access)


def is_anonymous(access: Mapping[str, str]) -> bool:
    """Whether requests are to go out unsigned."""
    return _LIKE_TRUE[access.get("anonymous", "false").lower()]


def _check_endpoint(endpoint: str) -> None:
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("'endpoint' is an address such as https://storage.example.com")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("'endpoint' holds more than an address; secrets belong in the environment")
