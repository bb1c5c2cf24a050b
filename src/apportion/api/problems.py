"""Errors as problem+json (RFC 9457): what failed, where, and what to do next."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from apportion.core.errors import ApportionError

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger("apportion.api")


class FieldProblem(BaseModel):
    """One parameter that cannot be used."""

    parameter: str = Field(description="Empty where it is about the body as a whole.")
    message: str


class Problem(BaseModel):
    """What went wrong with a request; some problems have members of their own."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["No customer 'acme' has cost or revenue in the last 30 days."])
    instance: str = Field(
        description="The path that was asked for.", examples=["/api/v1/costs/customers/acme"]
    )
    hint: str | None = Field(default=None, description="The next step.")
    errors: list[FieldProblem] | None = Field(default=None, description="The parameters that cannot be used.")


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These statuses as a route's OpenAPI responses."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def respond(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """The problem as an HTTP answer."""
    body = problem.model_dump_json(exclude_none=True)
    return Response(body, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)


def install(api: FastAPI) -> None:
    """Answer every error of the application with a problem."""
    api.add_exception_handler(ApportionError, _expected)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _http)


def _expected(request: Request, error: Exception) -> Response:
    if not isinstance(error, ApportionError):
        raise error
    return expected(error, request.url.path)


def expected(error: ApportionError, path: str) -> Response:
    """The answer to an error that a person can act on; it says how to say who one is."""
    detail = f"{error.where}: {error.message}" if error.where else error.message
    problem = Problem(
        title=error.title,
        status=error.status,
        detail=detail,
        instance=path,
        hint=error.hint or None,
        **error.members,
    )
    unknown = error.status == HTTPStatus.UNAUTHORIZED
    return respond(problem, {"WWW-Authenticate": "Bearer"} if unknown else None)


def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    found = [_field(entry) for entry in error.errors()]
    return respond(
        Problem(
            title="Input not usable",
            status=422,
            detail="; ".join(_line(field) for field in found),
            instance=request.url.path,
            errors=found,
        )
    )


def _field(entry: dict[str, Any]) -> FieldProblem:
    location = entry.get("loc", ())
    if entry.get("type") == "json_invalid":
        return FieldProblem(parameter="", message=_no_json(location[-1], entry.get("ctx", {})))
    parameter = ".".join(str(part) for part in location[1:])
    if entry.get("type") == "missing" and not parameter:
        return FieldProblem(parameter="", message="The body is missing.")
    # What a check of ours says is a sentence by itself; pydantic says before it what kind of error it is.
    message = str(entry.get("msg", "")).removeprefix("Value error, ")
    return FieldProblem(parameter=parameter, message=message)


def _no_json(place: object, more: dict[str, Any]) -> str:
    """`place` counts the characters before the one that cannot be read."""
    at = f", at character {place + 1}" if isinstance(place, int) else ""
    why = str(more.get("error", ""))
    return f"The body is not JSON: {why[:1].lower()}{why[1:]}{at}." if why else f"The body is not JSON{at}."


def _line(field: FieldProblem) -> str:
    return f"{field.parameter}: {field.message}" if field.parameter else field.message


def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    phrase = HTTPStatus(error.status_code).phrase
    missing = error.status_code == HTTPStatus.NOT_FOUND
    return respond(
        Problem(
            title=phrase,
            status=error.status_code,
            detail="There is nothing at this address." if missing else str(error.detail),
            instance=request.url.path,
        ),
        dict(error.headers or {}),
    )


def unexpected(path: str) -> Response:
    """The answer to a fault of the program; what happened is in the log alone."""
    return respond(
        Problem(
            title="Internal error",
            status=500,
            detail="The program failed on this request. Its log says where.",
            instance=path,
        )
    )
