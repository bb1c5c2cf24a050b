"""Bodies of requests, read up to a size."""

from fastapi import Request, Response

from apportion.api.problems import Problem, respond


async def read_body(request: Request, most: int) -> bytes | None:
    """The body; None where it has more than `most` bytes."""
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > most:
            return None
    return bytes(found)


def too_large(request: Request, most: int) -> Response:
    """The answer to a body that has more than `most` bytes."""
    problem = Problem(
        title="Content too large",
        status=413,
        detail=f"A body has at most {most // 2**20} MiB.",
        instance=request.url.path,
        hint="Send several smaller ones.",
    )
    return respond(problem)
