"""Operations beside the ledger: what their provider charged, what they carry, what they earn."""

from typing import TYPE_CHECKING

import duckdb

from apportion.app.operating import Operating

if TYPE_CHECKING:
    from apportion.economics.operations import Asked, OperationsMargin, OperationsTrueUp
    from apportion.economics.operations.margin import By


class Valuing(Operating):
    """Reports that join operations with charges and revenue, as apportion.yaml says."""

    def true_up(
        self, con: duckdb.DuckDBPyConnection, asked: "Asked", metric: str | None = None
    ) -> "OperationsTrueUp":
        """Operations beside the charges of the last run, as `true_up` joins them."""
        from apportion.economics.operations import operations_true_up  # noqa: PLC0415

        run, given = self.ledger.run(), self.workspace
        run_id, charged = run.run_id if run else "", metric or given.reporting.metric
        return operations_true_up(con, asked, given.true_up, self.rate_card, run_id, charged)

    def operations_margin(
        self, con: duckdb.DuckDBPyConnection, asked: "Asked", by: "By" = "customer", most: int = 100
    ) -> "OperationsMargin":
        """Cost beside revenue; `features` says what features earn by themselves."""
        from apportion.economics.operations import operations_margin  # noqa: PLC0415

        return operations_margin(con, asked, by, self.workspace.features, most)
