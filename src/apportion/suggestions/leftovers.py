"""What is left: services that nothing measures, and untagged cost with its likely owners."""

from collections.abc import Sequence
from decimal import Decimal

from apportion.analytics.sentences import share
from apportion.core.money import percent
from apportion.engine import quote_ident
from apportion.suggestions.clues import STEM
from apportion.suggestions.models import MissingMeasure, Offender
from apportion.suggestions.open_cost import NONE
from apportion.suggestions.state import State
from apportion.suggestions.vocabulary import MAKERS, words

MOST = 10
SMALLEST = Decimal("0.0005")
HALF = Decimal("0.5")


def missing_measures(unmeasured: Sequence[tuple[str, str, Decimal]], whole: Decimal) -> list[MissingMeasure]:
    """What would divide the services that no usage divides (name, category, cost), the dearest first."""
    worth = [part for part in unmeasured if part[2] >= SMALLEST * whole]
    return [
        MissingMeasure(service=service, cost=cost, wanted=_wanted(category))
        for service, category, cost in worth[:MOST]
    ]


def _wanted(category: str) -> str:
    return {
        "Storage": "gigabytes stored",
        "Databases": "queries, or seconds of queries",
        "Networking": "gigabytes sent",
        "Analytics": "rows or bytes read",
        "AI and Machine Learning": "tokens or predictions",
    }.get(category, "requests, or seconds of work")


def offenders(state: State, dimension: str) -> list[Offender]:
    """The dearest charges without an answer to `dimension`, alike ones together, and who may own them."""
    if not state.has(dimension):
        return []
    name = (
        f"coalesce({STEM}, ResourceId, '')"
        if "ResourceName" in state.bill.columns
        else "coalesce(ResourceId, '')"
    )
    rows = state.bill.rows(
        "SELECT coalesce(SubAccountName, SubAccountId, ''), coalesce(SubAccountId, ''), ServiceName, "
        f"{name} AS resource, sum(cost), count(DISTINCT ResourceId) FROM answered "
        f"WHERE {state.unanswered(dimension)} GROUP BY 1, 2, 3, 4 HAVING sum(cost) > 0 "
        "ORDER BY 5 DESC, 1, 3, 4 LIMIT ?",
        MOST,
    )
    owners = _Owners(state, dimension)
    found = []
    for account, account_id, service, resource, cost, number in rows:
        owner, why = owners.of(account_id, account, service, resource)
        shown = f"{resource}* ({number})" if number > 1 else str(resource)
        found.append(
            Offender(
                account=account, service=str(service), resource=shown, cost=cost,
                likely_owner=owner, why=why,
            )
        )  # fmt: skip
    return found


class _Owners:
    """Who may own a charge: by its maker, by its name, by its service in the account, by its account."""

    def __init__(self, state: State, dimension: str) -> None:
        self._state, self._at = state, quote_ident(dimension)
        self._names = {
            str(v): words(str(v))
            for (v,) in state.bill.rows(
                f"SELECT DISTINCT {self._at} FROM answered WHERE {self._at} <> {NONE}"
            )
        }

    def of(self, account: str, label: str, service: str, resource: str) -> tuple[str, str]:
        """The likely owner and why; empty where nothing points to one."""
        for owner, why in (
            self._maker(resource),
            self._named(resource),
            self._most(
                "SubAccountId = ? AND ServiceName = ?",
                f"of the {service} in {label} is theirs",
                account,
                service,
            ),
            self._most("SubAccountId = ?", f"of {label} is theirs", account),
        ):
            if owner:
                return owner, why
        return "", self._largest(account, label)

    def _largest(self, account: str, label: str) -> str:
        """What is known of the account, where no one owns half of it."""
        rows = self._state.bill.rows(
            f"SELECT {self._at}, sum(cost) FROM answered WHERE SubAccountId = ? AND {self._at} <> {NONE} "
            "GROUP BY 1 HAVING sum(cost) > 0 ORDER BY 2 DESC, 1", account
        )  # fmt: skip
        if not rows:
            return ""
        part = percent(rows[0][1], sum((c for _, c in rows), Decimal(0))) or Decimal(0)
        return f"no clue; {rows[0][0]} has most of {label} ({share(part)})"

    def _maker(self, resource: str) -> tuple[str, str]:
        for key, spellings in self._state.bill.spellings().items():
            if key not in MAKERS or not resource:
                continue
            maker = self._state.bill.tag(spellings)
            made = self._state.bill.rows(
                f"SELECT {maker} AS maker FROM answered "
                "WHERE starts_with(coalesce(ResourceName, ResourceId), ?) AND maker IS NOT NULL "
                "GROUP BY 1 ORDER BY sum(cost) DESC, 1 LIMIT 1", resource
            )  # fmt: skip
            if made:
                return self._most(
                    f"{maker} = ?", f"of what {made[0][0]} made ({spellings[0]}) is theirs", made[0][0]
                )
        return "", ""

    def _named(self, resource: str) -> tuple[str, str]:
        said = words(resource)
        for value, parts in sorted(self._names.items(), key=lambda v: (-len(v[1]), v[0])):
            if any(said[i : i + len(parts)] == parts for i in range(len(said))):
                return value, "its name says so"
        return "", ""

    def _most(self, condition: str, why: str, *values: str) -> tuple[str, str]:
        rows = self._state.bill.rows(
            f"SELECT {self._at}, sum(cost) FROM answered WHERE {condition} AND {self._at} <> {NONE} "
            "GROUP BY 1 HAVING sum(cost) > 0 ORDER BY 2 DESC, 1", *values
        )  # fmt: skip
        whole = sum((c for _, c in rows), Decimal(0))
        if not rows or rows[0][1] < HALF * whole:
            return "", ""
        return str(rows[0][0]), f"{share(percent(rows[0][1], whole) or Decimal(0))} {why}"
