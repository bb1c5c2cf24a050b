"""Operations on their way out: one of them explained, many of them written."""

from typing import TYPE_CHECKING

from apportion.app.operating import Operating

if TYPE_CHECKING:  # pydantic models, which most commands do without
    from apportion.economics.operations import SingleOperation


class Exporting(Operating):
    """What leaves a workspace of its operations."""

    def operation(self, name: str) -> "SingleOperation":
        """One operation with its price explained. Raises NotFound where there is none of that id."""
        from apportion.economics.operations import single_operation  # noqa: PLC0415

        with self.operations_reader() as con:
            return single_operation(con, name, self.workspace.tree, self.rate_card, self.card_of)
