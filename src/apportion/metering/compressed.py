"""Bodies that were compressed for their way, opened without letting a small one fill the memory."""

import zlib

from apportion.core.errors import BadInput

MOST_BYTES = 64 * 2**20
MOST_TIMES = 200
_GZIP = 16 + zlib.MAX_WBITS
_MAGIC = b"\x1f\x8b"


def opened(body: bytes, encoding: str | None) -> bytes:
    """The body as it was before `encoding` (gzip, identity or nothing).

    Raises BadInput for other encodings, for gzip that is broken or ends early, and for more than 64 MiB or
    200 times the size that came.
    """
    named = (encoding or "").strip().lower()
    if named in ("gzip", "x-gzip"):
        return _gunzipped(body)
    if named not in ("", "identity"):
        raise BadInput(
            f"the encoding {encoding!r:.60} is not understood",
            where="Content-Encoding",
            hint="Send gzip, or no encoding.",
        )
    if len(body) > MOST_BYTES:
        raise _too_large(f"the body has more than {MOST_BYTES // 2**20} MiB")
    return body


def _gunzipped(body: bytes) -> bytes:
    limit = min(MOST_BYTES, MOST_TIMES * len(body))
    parts: list[bytes] = []
    size = 0
    while True:
        stream = zlib.decompressobj(_GZIP)
        try:
            part = stream.decompress(body, limit - size + 1)
        except zlib.error:
            raise _broken("the gzip stream is broken") from None
        size += len(part)
        if size > limit:
            raise _too_large(f"the body expands to more than {MOST_BYTES // 2**20} MiB or {MOST_TIMES} times")
        if not stream.eof:
            raise _broken("the gzip stream ends early")
        parts.append(part)
        body = stream.unused_data.lstrip(b"\0")
        if not body:
            return b"".join(parts)
        if not body.startswith(_MAGIC):
            raise _broken("something follows the gzip stream")


def _broken(message: str) -> BadInput:
    return BadInput(message, where="body", hint="Send it again, whole.")


def _too_large(message: str) -> BadInput:
    return BadInput(message, where="body", hint="Set the exporter to smaller batches.")
