"""Puts the API together: routes, errors, the door before them, the dashboard beside them."""

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from apportion.api import dashboard, problems
from apportion.api.access import Gate
from apportion.api.bodies import Capped
from apportion.api.deps import App
from apportion.api.door import Door
from apportion.api.routes import ROUTERS, operations
from apportion.api.texts import Kept

PREFIX = "/api/v1"
DESCRIPTION = """What every customer, service and team costs, and why.

Amounts are decimal strings with all their digits. Every report says its metric, currency, window, time zone
and freshness in `meta`, carries an ETag, and answers `format=csv`. Errors are problem+json (RFC 9457).
"""


def create_app(app: App, *, loopback: bool = True) -> FastAPI:
    """The API over a workspace. With `loopback`, requests must name 127.0.0.1, localhost or [::1].

    Only there may anybody come in without an account, as long as nobody has one.
    """
    api = FastAPI(
        title="Apportion",
        version=app.version,
        description=DESCRIPTION,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
    )
    api.state.app = app
    problems.install(api)
    router = APIRouter(prefix=PREFIX, responses=problems.documented(401, 403, 421))
    for part in ROUTERS:
        router.include_router(part)
    api.include_router(router)
    api.include_router(operations.traces)  # where OpenTelemetry exporters send to unless told otherwise
    dashboard.install(api)
    api.add_middleware(Kept)
    api.add_middleware(Capped)  # before it, and before both the door, which is added last
    api.add_middleware(
        Door,
        run_key=app.run_key,
        version=app.version,
        gate=Gate(api, app.access, loopback=loopback),
        loopback=loopback,
        embed_origins=lambda: app.access.settings.embed_origins,
    )
    _describe_problems(api)
    return api


def _operation_id(route: APIRoute) -> str:
    return route.name


def _describe_problems(api: FastAPI) -> None:
    """Add the shape of errors, which no route returns as its model, to the OpenAPI document."""
    made = api.openapi

    def described() -> dict[str, Any]:
        document = made()
        shape = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        shapes = {**shape.pop("$defs", {}), "Problem": shape}
        document.setdefault("components", {}).setdefault("schemas", {}).update(shapes)
        return document

    api.openapi = described  # type: ignore[method-assign]
