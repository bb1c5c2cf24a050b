"""The part of apportion.yaml that says where operations go on to."""

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from apportion.core.settings import Part, Secret


class Sink(Part):
    """One place that every operation is sent to: an address, or a file that grows."""

    format: Literal["influx", "csv", "json"]
    url: str = ""
    token: Secret | None = None
    file: str = ""
    name: str = Field(default="", max_length=60, pattern=r"^[A-Za-z0-9._-]*$")

    @property
    def label(self) -> str:
        """What people call it, and its mark is kept by; without anything that may be a secret."""
        return self.name or self.file or self.url.partition("?")[0]

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.url) == bool(self.file):
            raise ValueError("give either `url` or `file`: where operations go")
        if self.token and not self.url:
            raise ValueError("a file needs no token")
        if self.url:
            parts = urlsplit(self.url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError("`url` begins with http:// or https://, and names a host")
            if parts.username or parts.password:
                raise ValueError("a password does not belong here; say where it is: token: {env: NAME}")
        return self
