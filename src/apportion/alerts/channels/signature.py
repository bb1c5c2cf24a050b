"""The signature of a webhook, as https://www.standardwebhooks.com describes it."""

import base64
import binascii
import hmac
from hashlib import sha256

_PREFIX = "whsec_"


def signed(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the Base64 of HMAC-SHA256 over id, time (seconds since 1970) and body, with `.` between."""
    digest = hmac.new(key, b".".join((message_id.encode(), str(timestamp).encode(), body)), sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def key_of(secret: str) -> bytes:
    """The key of a secret: Base64 after `whsec_`, else its text itself."""
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        return secret.encode()
