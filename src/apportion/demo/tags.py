"""How Fernway's people write tags: the same answer under many spellings, as in any real account."""

from apportion.demo.company import DEVELOPMENT, NONE, PRODUCTION, STAGING, Owner

_ENVIRONMENTS = {
    PRODUCTION: ("production", "prod", "prd", "Prod", "production"),
    STAGING: ("staging", "stg", "staging", "Staging", "stg"),
    DEVELOPMENT: ("development", "dev", "dev", "Dev", "development"),
}
_KEYS = (
    ("team", "service", "environment", "customer"),
    ("Team", "Service", "Environment", "Customer"),
    ("owner", "app", "env", "tenant"),
    ("TEAM", "service", "Env", "Tenant"),
    ("Team", "app", "environment", "customer"),
)
_PEOPLE = ("maria.k", "jonas", "p.okafor", "lin.w")
SPELLINGS = len(_KEYS)
_NAMES_A_PERSON = 4  # this spelling has the team under Team and a person under Owner


def spell(
    owner: Owner, spelling: int, name: str, feature: str = "", *, labels: bool = False
) -> dict[str, str]:
    """The tags of one resource; `labels` follows Google's rule of lower-case keys and values."""
    if owner == Owner():
        return {}
    way = spelling % SPELLINGS
    if labels and way not in (0, 2):
        way = 0
    team, service, environment, customer = _KEYS[way]
    tags = {}
    if way == _NAMES_A_PERSON:
        tags["Owner"] = _PEOPLE[len(name) % len(_PEOPLE)]
    if owner.service != NONE:
        tags[service] = owner.service.title() if way == 3 else owner.service
    if owner.team != NONE:
        tags[team] = {1: owner.team.capitalize(), 3: owner.team.upper()}.get(way, owner.team)
    elif way == _NAMES_A_PERSON:
        del tags["Owner"]  # a person's name must not pass for the missing team
    if owner.environment != NONE:
        tags[environment] = _ENVIRONMENTS[owner.environment][way]
    if owner.customer != NONE:
        tags[customer] = owner.customer.upper() if way == 3 else owner.customer
    if feature:
        tags["feature"] = feature
    if not labels:
        tags["Name"] = name
    if way in (0, 1):
        tags["managed-by" if labels else "ManagedBy"] = "terraform"
    return tags
