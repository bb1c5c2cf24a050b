"""The part of apportion.yaml about who may come in."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from apportion.core.settings import Part, Secret

_ORIGIN = re.compile(r"https://[a-z0-9.-]+(:\d{1,5})?|http://(localhost|127\.0\.0\.1)(:\d{1,5})?")


def _origin(text: str) -> str:
    if not _ORIGIN.fullmatch(text):
        raise ValueError(
            f"'{text}' is no address of a site; write it like https://app.example.com, without a path"
        )
    return text


Origin = Annotated[str, AfterValidator(_origin)]


class AccessSettings(Part):
    """How long people stay logged in, and where a customer's own page may be shown."""

    pepper: Secret | None = Field(default=None, description="else a file of the workspace, made when needed")
    idle_hours: int = Field(default=12, ge=1, le=720, description="a session that nobody used so long ends")
    session_hours: int = Field(default=168, ge=1, le=8760, description="a session ends after so long anyway")
    embed_origins: list[Origin] = Field(default_factory=list, description="sites that may embed pages")
    embed_minutes: int = Field(default=15, ge=1, le=60, description="how long a token for a page is good")
    failures: int = Field(
        default=5, ge=1, le=100,
        description="wrong passwords from one address after which it waits; 20 times as many, everywhere",
    )  # fmt: skip
    wait_seconds: int = Field(default=30, ge=1, le=3600, description="the first wait; each next is twice it")
    longest_wait_minutes: int = Field(default=60, ge=1, le=1440, description="no wait is longer")

    @model_validator(mode="after")
    def _idle_is_shorter(self) -> Self:
        if self.idle_hours > self.session_hours:
            raise ValueError("idle_hours is longer than session_hours: no session would ever become idle")
        return self
