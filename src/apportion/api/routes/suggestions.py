"""GET /suggestions."""

from fastapi import APIRouter, Request, Response

from apportion.api.answers import reply
from apportion.api.deps import Tabular, Workspace
from apportion.api.routes.reports import REPORT
from apportion.suggestions import Suggestions

router = APIRouter(tags=["Workspace"])


@router.get("/suggestions", summary="What would attribute more", response_model=Suggestions, responses=REPORT)
def get_suggestions(request: Request, app: Workspace, params: Tabular) -> Response:
    """Proposals for apportion.yaml by the cost that they attribute, and what is left. Nothing is written."""
    return reply(request, app.suggest().suggestions, params, "proposals")
