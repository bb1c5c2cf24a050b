"""What customers of a small company have of their credits: acme is over, globex has bought more."""

import weakref
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from apportion.app.operating import Operating
from apportion.credits.service import GrantOrder, SubscriptionOrder

SETTINGS = """\
plans:
  default: free
  buy: https://fernway.example/buy?for={customer}
  usage: [{by: call, credits: 1}]
  offered:
    free: {title: Free, included: 2, starts: calendar, features: {chat: true, summaries: {calls: 1}}}
    pro: {title: Pro, included: 100, overage: {price: 0.02, cap: 1}}
"""


class CreditsKept:
    """Answers for the credits of a workspace of its own, made when it is first asked."""

    @cached_property
    def _credited(self) -> Operating:
        folder = TemporaryDirectory()
        weakref.finalize(self, folder.cleanup)
        (Path(folder.name) / "apportion.yaml").write_text(SETTINGS)
        made = Operating(Path(folder.name))
        weakref.finalize(self, made.stop)
        made.subscribe_customer("globex", SubscriptionOrder("pro", contact="ops@globex.example"))
        made.grant_credits("globex", GrantOrder("order-1", "top_up", Decimal(50), who="ana"))
        now = datetime.now(UTC).isoformat()
        calls = [
            f'{{"id": "{who}-{n}", "time": "{now}", "customer": "{who}", "feature": "{feature}"}}'
            for who in ("acme", "globex")
            for n, feature in enumerate(("chat", "summaries", "chat"))
        ]
        made.post_operations(f'{{"operations": [{", ".join(calls)}]}}'.encode())
        return made

    def customer_meant(self, name: str) -> str:
        return self._credited.customer_meant(name)

    def entitlements(self, customer: str, feature: str | None = None) -> Any:
        return self._credited.entitlements(customer, feature)

    def customer_usage(self, customer: str, window: str = "period", at: str = "") -> Any:
        return self._credited.customer_usage(customer, window, at)

    def plans(self) -> Any:
        return self._credited.plans()

    def credits(self, cursor: str = "", limit: int = 100, at: str = "") -> Any:
        return self._credited.credits(cursor, limit, at)

    def credit_account(self, customer: str, cursor: str = "", limit: int = 100, at: str = "") -> Any:
        return self._credited.credit_account(customer, cursor, limit, at)

    def grant_credits(self, customer: str, order: Any) -> Any:
        return self._credited.grant_credits(customer, order)

    def refund_credits(self, customer: str, order: Any) -> Any:
        return self._credited.refund_credits(customer, order)

    def take_back_credits(self, customer: str, order: Any) -> Any:
        return self._credited.take_back_credits(customer, order)

    def subscribe_customer(self, customer: str, order: Any) -> Any:
        return self._credited.subscribe_customer(customer, order)
