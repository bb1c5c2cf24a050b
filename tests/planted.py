"""A company of two teams and two customers whose names and amounts are marks that nobody can take for others.

What is Bravo's is large: every amount and count of it has nine digits or more before the point, and every name
of it has BRAVO in it. What is Alpha's is small.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from argon2 import PasswordHasher

from apportion.access import LOCAL, Tenant
from apportion.access.passwords import Passwords
from apportion.access.service import Access
from apportion.app import App
from apportion.credits.service import SubscriptionOrder
from books import Books, charge

ALPHA, BRAVO = "alpha-ZQT", "BRAVO-ZQT"
PASSWORD = "seven green bicycles"
FIRST = date(2026, 9, 1)
DAYS = 40
WORKSPACE = """
company: Planted
access: {embed_origins: ["https://app.example.com"]}
measures:
  requests: {connector: push, dimensions: {service: service, team: team}}
dimensions:
  team: [{tag: team}]
  service: [{tag: service}]
  customer: [{tag: customer}]
  environment: [{tag: environment}]
perspectives:
  team:
    to: team
    rules:
      - {name: shared halves, match: {service: shared-db}, method: fixed, shares: {alpha-ZQT: 1%, OTHER: 99%}}
      - {name: by use, match: {service: search}, method: proportional, measure: requests}
      - {name: cluster, match: {service: cluster}, method: fixed, shares: {OTHER: 50%}}
      - {name: own, match: {team: "*"}, method: direct}
  customer:
    to: customer
    rules:
      - {name: dedicated, match: {customer: "*"}, method: direct}
budgets:
  teams: {for: {team: "*"}, amount: 1000, period: yearly}
  shared: {for: {customer: "*"}, amount: 900, period: yearly, enforced: true}
  company: {amount: 987654321, period: yearly}
  SMALL_alone: {for: {team: OTHER}, amount: 876543219, period: yearly}
plans:
  default: free
  usage: [{by: tokens, credits: 1}]
  offered:
    free: {title: Free, included: 50, features: {chat: true}, overage: {price: 0.5}}
    OTHER-plan: {title: OTHER-Plan, included: 123456789}
tree:
  projects:
    alpha-project: {team: alpha-ZQT}
    OTHER-project: {team: OTHER}
"""


class Planted:
    """The workspace, and a way in as each of its people."""

    def __init__(self, root: Path, other: str = BRAVO, scale: int = 1) -> None:
        self.other, self.scale = other, scale
        root.mkdir(parents=True, exist_ok=True)
        (root / "apportion.yaml").write_text(
            WORKSPACE.replace("OTHER", other).replace("SMALL", other[:5].lower())
        )
        books = Books(root)
        books.bill(self._charges())
        rules = yaml.safe_load((root / "apportion.yaml").read_text())
        days = [f"{FIRST + timedelta(days=n)}" for n in range(DAYS)]
        used = [(day, "100000000000", {"service": "search", "team": ALPHA}) for day in days]
        books.usage([*used, *((day, "987654321999", {"service": "search", "team": other}) for day in days)])
        parts = {name: rules[name] for name in ("dimensions", "perspectives")}
        books.allocate(parts, {"requests": ["service", "team"]})
        self.app = App(root)
        self.app.post_operations(json.dumps({"operations": self._operations()}).encode())
        self.app.keep_forecasts()
        self.app.subscribe_customer(f"{other}-customer", SubscriptionOrder(f"{other}-plan", FIRST))
        access = self.app.access
        self.app.__dict__["access"] = Access(
            self.app._state,
            root,
            access.settings,
            passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)),
        )

    def _charges(self) -> list[dict[str, Any]]:
        found = []
        for n in range(DAYS):
            day = f"{FIRST + timedelta(days=n)}"
            of_alpha = {"team": ALPHA, "ServiceName": "Compute", "SubAccountId": "alpha-account"}
            found.append(charge(f"{100 + n}.25", day, service="web", customer="alpha-customer", **of_alpha))
            found.append(charge("7.5", day, service="cluster", **of_alpha))
            found.append(charge("30", day, service="search", **of_alpha))
            of_other = {
                "team": self.other,
                "ServiceName": f"{self.other}-Compute",
                "SubAccountId": f"{self.other}-account",
                "SubAccountName": f"{self.other}-account-name",
                "RegionId": f"{self.other}-region",
                "ResourceId": f"{self.other}-resource",
                "ChargeDescription": f"{self.other}-description",
                "environment": f"{self.other}-environment",
            }
            large = 8_642_097_531 * self.scale
            customer = f"{self.other}-customer"
            found.append(
                charge(f"{large}.0{n % 10}", day, service=f"{self.other}-db", customer=customer, **of_other)
            )
            shared = {"service": "shared-db", "customer": customer, "ServiceName": "Databases"}
            found.append(charge("500", day, team=f"{self.other}-platform", **shared))
        if self.scale > 1:
            found.append(charge("9876543210", f"{FIRST}", team=self.other, BillingCurrency="JPY"))
        return found

    def _operations(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for n in range(20):
            time = f"{datetime(2026, 10, 1 + n, 9, tzinfo=UTC):%Y-%m-%dT%H:%M:%SZ}"
            call = {"time": time, "provider": "openai", "model": "gpt-4o", "feature": "chat", "success": True}
            alpha = {
                "project": "alpha-project",
                "customer": "alpha-customer",
                "input_tokens": 1000 + n,
                "output_tokens": 10,
            }
            found.append({**call, **alpha, "id": f"alpha-{n}", "prompt": "greeting", "variant": "warm"})
            for more in range(self.scale):
                other = {
                    **{name: f"{self.other}-{name}" for name in ("project", "customer", "user", "workflow")},
                    **{name: f"{self.other}-{name}" for name in ("feature", "plan", "conversation")},
                    "input_tokens": 987_654_321_012 + n,
                    "output_tokens": 123_456_789_012,
                    "dimensions": {f"{self.other}-own": f"{self.other}-value"},
                }
                prompt = {"prompt": f"{self.other}-prompt", "variant": f"{self.other}-variant"}
                found.append({**call, **other, **prompt, "id": f"{self.other}-{n}-{more}"})
        found.append(
            {"id": f"{self.other}-last", "time": f"2026-10-{21 + self.scale}T09:30:00Z", "team": self.other,
             "provider": "openai", "model": f"{self.other}-model", "input_tokens": 987_654_321_013, "output_tokens": 1}
        )  # fmt: skip
        return found

    def key(self, *scopes: Any, tenant: tuple[str, str] | None = None, **more: Any) -> Mapping[str, str]:
        """Headers of a program with a new key."""
        of = Tenant(*tenant) if tenant else None  # type: ignore[arg-type]
        made = self.app.access.keys.make(
            LOCAL, "a program", scopes or ("read",), datetime.now(UTC), tenant=of, **more
        )
        return {"Authorization": f"Bearer {made.key}"}

    def embedded(self, customer: str) -> Mapping[str, str]:
        """Headers of a customer's own page in another site."""
        token = self.app.access.embedding.make(LOCAL, customer, datetime.now(UTC)).token
        return {"Authorization": f"Bearer {token}"}

    def person(self, role: Any, tenant: str = "") -> Mapping[str, str]:
        """Headers of a browser in which somebody of a role is logged in."""
        access, now = self.app.access, datetime.now(UTC)
        login = f"{role}{len(tenant)}@example.com"
        access.people.add(LOCAL, login, role, PASSWORD, now, tenant=tenant)
        session, _ = access.log_in(access.by_password(login, PASSWORD), now)
        return {"Cookie": f"apportion_session={session}"}
