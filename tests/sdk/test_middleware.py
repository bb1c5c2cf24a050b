"""The middleware under a real FastAPI application on a real server."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

import httpx
import pytest
import uvicorn
from fastapi import Depends, FastAPI, Header, Request
from fastapi.responses import StreamingResponse
from operations_receiver import Receiver

from apportion_sdk import ApportionMiddleware, Client, annotate


def feature_of(scope: Any) -> str | None:
    """The name of the route, which is known once the router has found it."""
    return getattr(scope.get("route"), "name", None)


def application(client: Client) -> FastAPI:
    app = FastAPI()
    app.add_middleware(
        ApportionMiddleware,
        customer="X-Customer", plan="x-plan", feature=feature_of, user=lambda scope: scope["no such key"],
    )  # fmt: skip

    async def known(token: Annotated[str, Header()] = "") -> None:
        if token:
            annotate(customer=f"customer of {token}")

    @app.get("/plain")
    def plain() -> dict[str, str]:
        return {"id": client.track()}

    @app.get("/told", dependencies=[Depends(known)])
    async def told() -> dict[str, str]:
        return {"id": client.track()}

    @app.get("/streamed")
    async def streamed(request: Request) -> StreamingResponse:
        async def body() -> AsyncIterator[bytes]:
            for number in range(3):
                client.track(id=f"{request.headers['x-customer']}-{number}")
                yield b"part"
                await asyncio.sleep(0.05 if number == 0 else 0)

        return StreamingResponse(body())

    return app


@pytest.fixture
def address(client: Client) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(application(client), port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def only(client: Client, receiver: Receiver) -> dict[str, Any]:
    assert client.flush()
    return receiver.only()


def test_headers_and_the_route_say_for_whom_and_what(
    address: str, client: Client, receiver: Receiver
) -> None:
    answer = httpx.get(f"{address}/plain", headers={"x-customer": "acme", "X-Plan": "pro"})
    assert answer.status_code == 200
    operation = only(client, receiver)
    assert (operation["customer"], operation["plan"], operation["feature"]) == ("acme", "pro", "plain")
    assert "user" not in operation


def test_a_dependency_may_say_it_later(address: str, client: Client, receiver: Receiver) -> None:
    httpx.get(f"{address}/told", headers={"X-Customer": "whoever", "Token": "t-1"})
    assert only(client, receiver)["customer"] == "customer of t-1"


def test_streamed_bodies_keep_their_context_and_come_part_by_part(
    address: str, client: Client, receiver: Receiver
) -> None:
    async def one(customer: str) -> list[float]:
        async with (
            httpx.AsyncClient(headers={"X-Customer": customer}) as asking,
            asking.stream("GET", f"{address}/streamed") as answer,
        ):
            return [time.perf_counter() async for _ in answer.aiter_raw()]

    async def both() -> list[list[float]]:
        return await asyncio.gather(one("acme"), one("birch"))

    for times in asyncio.run(both()):
        assert times[-1] - times[0] > 0.02  # the first part did not wait for the last
    assert client.flush()
    assert {key: one["customer"] for key, one in receiver.operations.items()} == {
        f"{customer}-{number}": customer for customer in ("acme", "birch") for number in range(3)
    }


def test_what_is_no_request_passes(receiver: Receiver) -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    middleware = ApportionMiddleware(app, customer="x-customer", custmer="x-typo")
    asyncio.run(middleware({"type": "lifespan"}, None, None))
    asyncio.run(middleware({"type": "http", "headers": [(b"x-customer", b"acme")]}, None, None))
    asyncio.run(middleware({"type": "http", "headers": "broken"}, None, None))
    assert seen == ["lifespan", "http", "http"]
