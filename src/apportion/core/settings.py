"""What every part of apportion.yaml has in common: strict keys, names, and where secrets are."""

import os
import re
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from apportion.core.errors import BadInput


class Part(BaseModel):
    """A part of the workspace file: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _name(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", text):
        raise ValueError(
            f"'{text}' cannot be a name here: use small letters, digits and '_', beginning with a letter"
        )
    return text


Name = Annotated[str, AfterValidator(_name)]


class Secret(Part):
    """Where a secret is: a variable of the environment, or a file. It is never in the workspace file."""

    env: str = ""
    file: str = ""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.env) == bool(self.file):
            raise ValueError("give either `env`, the name of a variable, or `file`, the path of a file")
        return self

    @property
    def place(self) -> str:
        """What people are told of it."""
        return f"${self.env}" if self.env else self.file

    def read(self, directory: Path) -> str:
        """The secret, without blanks around it. BadInput where it is missing or empty."""
        if self.env:
            found, hint = os.environ.get(self.env, ""), f"Set {self.env} in the environment."
        else:
            found, hint = (
                _content(directory / self.file),
                "Write the secret into that file, and nothing else.",
            )
        if not found.strip():
            raise BadInput("There is no secret here.", where=self.place, hint=hint)
        return found.strip()


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as why:
        raise BadInput(
            f"It cannot be read ({type(why).__name__}).", where=str(path), hint="Check path and permissions."
        ) from None
