"""From the body of an export to the spans in it."""

from apportion.core.errors import BadInput
from apportion.metering.compressed import opened
from apportion.metering.otlp.from_json import from_json
from apportion.metering.otlp.from_protobuf import from_protobuf
from apportion.metering.otlp.span import Span

READERS = {
    "application/x-protobuf": from_protobuf,
    "application/protobuf": from_protobuf,
    "application/json": from_json,
}


def read_spans(
    body: bytes, content_type: str, encoding: str | None, refused: list[str] | None = None
) -> list[Span]:
    """The spans of one OTLP/HTTP export (an ExportTraceServiceRequest), in the order in which they came.

    `content_type` is `application/x-protobuf` or `application/json`, `encoding` gzip or nothing. Raises
    BadInput, which says what is wrong, where, and what to do, for anything else. A span without valid ids is
    that, too, unless `refused` is given: then its place is added there, and the others are read.
    """
    media = content_type.partition(";")[0].strip().lower()
    if media not in READERS:
        raise BadInput(
            f"the content type {content_type!r:.80} is not understood",
            where="Content-Type",
            hint="Send application/x-protobuf or application/json.",
        )
    return READERS[media](opened(body, encoding), refused)
