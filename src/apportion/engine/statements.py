"""SQL that lives in files beside the code that runs it."""

from functools import cache
from importlib.resources import files
from string import Template


def statement(package: str, name: str, **parts: str) -> str:
    """The text of `sql/NAME.sql` in `package`, with each `$part` replaced by SQL made elsewhere.

    Values never come this way: they are parameters of the statement.
    """
    return _template(package, name).substitute(parts)


@cache
def _template(package: str, name: str) -> Template:
    return Template(files(package).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8"))
