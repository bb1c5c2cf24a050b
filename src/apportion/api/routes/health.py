"""GET /health."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from apportion.api.deps import Workspace
from apportion.api.problems import documented

router = APIRouter(tags=["Workspace"])


class RunHealth(BaseModel):
    """The run whose results stand."""

    model_config = ConfigDict(extra="allow")

    run_id: str
    finished_at: str


class Health(BaseModel):
    """Whether the workspace can be read, and how far its data goes."""

    model_config = ConfigDict(extra="allow")

    status: str = Field(examples=["ok"])
    version: str
    workspace: str
    run: RunHealth | None
    tables: dict[str, int] = Field(
        description="The version of each table of the ledger; -1 where there is none."
    )


@router.get("/health", summary="Is it well?", responses=documented(503))
def health(app: Workspace) -> Health:
    """Answers without reading any cost."""
    return Health.model_validate(app.health())
