"""Which days, which metric and how many rows of a comparison."""

from pydantic import Field

from apportion.api.deps import WINDOW_PATTERN, MetricName, TableParams


class ChangesParams(TableParams):
    """How two sides are compared."""

    window: str = Field(
        default="",
        max_length=30,
        description="All days where left out; else days back, a month, or days (the end excluded).",
        examples=["30d", "2026-09", "2026-09-01..2026-10-01"],
        json_schema_extra={"pattern": f"{WINDOW_PATTERN}|^$"},
    )
    metric: MetricName | None = Field(default=None, description="The workspace's default where left out.")
    limit: int = Field(
        default=100, ge=1, le=1000, description="Rows of `targets` and of `data`, the largest changes first."
    )
