"""Forecasts, kept as they were given so that later ones can be judged by them."""

from typing import TYPE_CHECKING

from apportion.app.reading import Reading

if TYPE_CHECKING:
    from apportion.analytics.models import Facts
    from apportion.analytics.query import Query
    from apportion.forecasting import Given


MOST_TARGETS = 1000
"""Targets whose forecasts are kept by name."""


class Forecasting(Reading):
    """Forecasts over the results of the run that stands."""

    def given_forecasts(self, facts: "Facts", query: "Query") -> "list[Given]":
        """Forecasts of the total of `query` as they were given; none where none was ever kept."""
        from apportion.forecasting import given_forecasts  # noqa: PLC0415

        with self._state_there() as state:
            return given_forecasts(state, facts, query) if state else []

    def keep_forecasts(self) -> int:
        """Keep today's month-ends of all cost and of each perspective's targets; how many are new."""
        from apportion.analytics.query import Query  # noqa: PLC0415
        from apportion.forecasting import keep_forecasts, month_end  # noqa: PLC0415

        kept = 0
        with self.reader() as (con, facts):
            asked = [Query()]
            asked += [
                Query(perspective=name, group_by=["target"], limit=MOST_TARGETS)
                for name in facts.perspectives
            ]
            for query in asked:
                kept += keep_forecasts(self._opened(), facts, query, month_end(con, facts, query))
        return kept
