"""The parts of apportion.yaml about operations: where they are kept, whose they are, what they carry."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from apportion.core.settings import Name, Part, Secret

FILE = "state.db"


class Database(Part):
    """SQLite in a file of the workspace unless PostgreSQL is named."""

    url: str = Field(default=f"sqlite:///{FILE}", pattern=r"^(sqlite:///|postgresql://).+")
    password: Secret | None = None
    keep_days: int = Field(default=35, ge=1, le=3660)
    """How long an operation stays here, besides in the ledger; so long, sent twice it counts once."""

    @model_validator(mode="after")
    def _no_secret(self) -> Self:
        if re.search(r"//[^/@]*:[^/@]*@", self.url):
            raise ValueError("a password does not belong here; say where it is: password: {env: NAME}")
        return self

    def there(self, directory: Path) -> bool:
        """Whether it may hold something: a file that is there, or a server's, of which nobody knows."""
        file = self.url.removeprefix("sqlite:///")
        return file == self.url or (directory / file).exists()

    def located(self, directory: Path) -> str:
        """The address with the password in it; a file is taken from `directory`."""
        from sqlalchemy.engine import make_url  # noqa: PLC0415  most commands need no database

        url = make_url(self.url)
        if url.get_backend_name() == "sqlite":
            return url.set(database=str(directory / str(url.database))).render_as_string()
        if self.password:
            url = url.set(password=self.password.read(directory))
        return url.render_as_string(hide_password=False)


Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class CostCenterParents(Part):
    """Where a cost center belongs."""

    organization: Label | None = None


class TeamParents(CostCenterParents):
    """Where a team belongs."""

    cost_center: Label | None = None


class ProjectParents(TeamParents):
    """Where a project belongs."""

    team: Label | None = None


class UserParents(ProjectParents):
    """Where a user belongs."""

    project: Label | None = None


class WorkflowParents(UserParents):
    """Where a workflow belongs."""

    user: Label | None = None


class Tree(Part):
    """Who belongs to whom. What an operation says itself wins; then the nearest level that says something."""

    workflows: dict[Label, WorkflowParents] = Field(default_factory=dict)
    users: dict[Label, UserParents] = Field(default_factory=dict)
    projects: dict[Label, ProjectParents] = Field(default_factory=dict)
    teams: dict[Label, TeamParents] = Field(default_factory=dict)
    cost_centers: dict[Label, CostCenterParents] = Field(default_factory=dict)


Where = Annotated[dict[Name, str | list[str]], Field(min_length=1)]


class TrueUp(Part):
    """Operations of a provider, and the charges that it, or the cloud that offers it, bills for them."""

    provider: Label | list[Label]
    where: Where = Field(description="dimensions, source, currency or cost_class of the charges")
    model: Name | None = Field(default=None, description="the dimension that says which model was charged")

    @property
    def providers(self) -> list[str]:
        """As operations name them."""
        return [self.provider] if isinstance(self.provider, str) else self.provider


class Overhead(Part):
    """Infrastructure that operations carry besides their tokens."""

    perspective: Name | None = Field(default=None, description="its targets are values of `dimension`")
    dimension: Name = Field(default="feature", description="of operations")
    where: Where | None = Field(default=None, description="which cost counts; else all but that of true_up")
    percent: Decimal | None = Field(
        default=None,
        ge=0,
        le=1000,
        decimal_places=6,
        description="of their own cost, where nothing is allocated",
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.perspective is None and self.percent is None:
            raise ValueError(
                "say whose allocated cost it is (perspective), or a percentage (percent), or both"
            )
        return self


class Earned(Part):
    """What a feature earns by itself."""

    revenue: list[Label] = Field(min_length=1, description="descriptions of revenue; * stands for any text")
