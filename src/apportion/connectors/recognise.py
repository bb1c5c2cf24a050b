"""Tells from a file's headers whose bill it is, for the hint that an error gives."""

from collections.abc import Iterable

from apportion.connectors.dialect import folded

_MARKS = {
    "aws": ("an AWS Cost and Usage Report", {"lineitemunblendedcost", "lineitemlineitemtype"}),
    "oracle": ("an Oracle cost report", {"lineitemreferenceno", "costmycost"}),
    "gcp": ("a Google Cloud billing export", {"billingaccountid", "usagestarttime", "cost", "currency"}),
    "azure": ("an Azure cost export", {"metercategory", "consumedservice"}),
    "openai": ("an export of OpenAI's costs", {"amountvalue", "amountcurrency", "lineitem"}),
    "anthropic": ("a cost export of the Claude console", {"usagedateutc", "tokentype", "costusd"}),
    "focus": ("a FOCUS bill", {"billedcost", "effectivecost", "chargecategory"}),
}
"""What each connector's bills are called, and headers that together are found in no other's."""


def hint(headers: Iterable[str], asked: str, otherwise: str) -> str:
    """What to do about a file that connector `asked` cannot read: name the right one where it is plain."""
    given = {folded(header) for header in headers}
    for connector, (title, marks) in _MARKS.items():
        if connector != asked and marks <= given:
            return f"It looks like {title}: use connector {connector}."
    return otherwise
