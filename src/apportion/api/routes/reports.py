"""How report routes describe themselves: JSON by their model, CSV beside it, problems for what fails."""

from typing import Any

from apportion.api.problems import documented

_CSV = {
    "text/csv": {"schema": {"type": "string"}, "example": "customer_id,cost\r\nacme,4750.000000000000\r\n"}
}
REPORT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The report.", "content": _CSV},
    304: {"description": "Nothing changed since the ETag given."},
    **documented(404, 422),
}
