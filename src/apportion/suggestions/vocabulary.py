"""Words by which companies tag: keys that answer a question, and spellings of one environment."""

import re
from collections.abc import Mapping

KEYS: Mapping[str, tuple[str, ...]] = {
    "service": ("service", "app", "application", "component", "workload", "microservice", "system"),
    "environment": ("environment", "env", "stage", "tier"),
    "customer": ("customer", "customer_id", "tenant", "tenant_id", "client", "account_name"),
    "feature": ("feature", "capability", "product_feature"),
    "cost_center": ("cost_center", "cc", "cost_centre", "cost_code"),
    "team": ("team", "owner", "squad", "owning_team", "team_name", "business_unit", "department", "group"),
}
"""Tag keys by dimension, the most telling first; compared as tag keys are: without case, '-' and '_'."""

MAKERS = ("createdby", "creator", "aws:createdby", "user:createdby", "owner", "contact")
"""Tag keys that name who made a thing, folded."""

ENVIRONMENTS: Mapping[str, tuple[str, ...]] = {
    "production": ("production", "prod", "prd", "live", "p"),
    "staging": ("staging", "stage", "stg", "stag", "preprod", "pre-prod", "preproduction", "uat"),
    "development": ("development", "dev", "devel", "develop"),
    "test": ("test", "tst", "testing", "qa"),
}
"""Spellings of environments by the name that reports show."""

SPELLED = {spelling: name for name, spellings in ENVIRONMENTS.items() for spelling in spellings}
RESEARCH = tuple(name for name in ENVIRONMENTS if name != "production")
BELONGS = ("Tax", "Credit", "Adjustment")
"""Charge categories that belong to other charges."""


def words(text: str) -> list[str]:
    """The words of a name like fernway-staging or AcmeProd, in small letters."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    return [word.lower() for word in re.split(r"[^A-Za-z0-9]+", spaced) if word]


def environment_of(*names: str) -> str:
    """The environment that a name speaks of; '' for none or for several."""
    found = {SPELLED[w] for name in names for w in words(name) if w in SPELLED and len(w) > 1}
    return found.pop() if len(found) == 1 else ""
