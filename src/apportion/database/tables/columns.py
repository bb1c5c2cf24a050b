"""What tables have in common: where they are listed, and short ways to write columns."""

from sqlalchemy import BigInteger, Column, MetaData, Text

metadata = MetaData()


def texts(*names: str) -> list[Column[str]]:
    """Columns of text that may be missing."""
    return [Column(name, Text) for name in names]


def whole(*names: str) -> list[Column[int]]:
    """Columns of whole numbers that may be missing."""
    return [Column(name, BigInteger) for name in names]


def said(*names: str) -> list[Column[str]]:
    """Columns of text that are never missing."""
    return [Column(name, Text, nullable=False) for name in names]


def counted(*names: str) -> list[Column[int]]:
    """Columns of whole numbers that are never missing."""
    return [Column(name, BigInteger, nullable=False) for name in names]
