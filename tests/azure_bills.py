"""Lines of Azure's cost details written in a line or two, and a ledger that loads them."""

import csv
import io
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from apportion.connectors import bill_connector
from apportion.ingestion import LoadRecord, ingest_bill
from ingestion_bills import Loader

RESERVATION = "/providers/Microsoft.Capacity/reservationOrders/order-1/reservations/res-1"
SAVINGS_PLAN = "/providers/Microsoft.BillingBenefits/savingsPlanOrders/order-2/savingsPlans/plan-2"
VM = "/subscriptions/sub-1/resourceGroups/shop/providers/Microsoft.Compute/virtualMachines/web-1"

DAY = {
    "BillingAccountId": "8611537",
    "BillingAccountName": "Juniper Books",
    "BillingPeriodStartDate": "09/01/2026",
    "BillingPeriodEndDate": "09/30/2026",
    "SubscriptionId": "sub-1",
    "SubscriptionName": "Shop",
    "Date": "09/21/2026",
    "Product": "Virtual Machines BS Series - B2s - EU West",
    "PartNumber": "AAA-1",
    "MeterId": "meter-1",
    "MeterCategory": "Virtual Machines",
    "MeterSubCategory": "BS Series",
    "MeterName": "B2s",
    "Quantity": "24",
    "UnitPrice": "0.05",
    "EffectivePrice": "0.05",
    "PayGPrice": "0.0625",
    "CostInBillingCurrency": "1.2",
    "BillingCurrency": "EUR",
    "UnitOfMeasure": "1 Hour",
    "ResourceLocation": "EU West",
    "ConsumedService": "Microsoft.Compute",
    "ResourceId": VM,
    "ResourceGroup": "shop",
    "Tags": '"team": "web"',
    "ChargeType": "Usage",
    "Frequency": "UsageBased",
    "PricingModel": "OnDemand",
    "PublisherType": "Azure",
    "ReservationId": "",
    "benefitId": "",
    "benefitName": "",
}
"""A machine's day: 24 hours at 0.05, publicly 0.0625."""

COVERED = {
    "PricingModel": "Reservation",
    "benefitId": RESERVATION,
    "benefitName": "web machines",
    "PayGPrice": "0",
    "EffectivePrice": "0.03",
    "CostInBillingCurrency": "0.72",
}
"""The same day where a reservation pays for it, in amortized costs."""

UNUSED = {**COVERED, "ChargeType": "UnusedReservation", "ResourceId": "", "Quantity": "24"}
"""A day of that reservation that nothing used."""

PURCHASE = {
    **COVERED,
    "ChargeType": "Purchase",
    "Frequency": "Recurring",
    "Quantity": "1",
    "UnitPrice": "43.8",
    "EffectivePrice": "43.8",
    "CostInBillingCurrency": "43.8",
    "ResourceId": "",
    "Tags": "",
}
"""A month of that reservation, in actual costs."""


def details(*rows: Mapping[str, str | None], delimiter: str = ",", without: Collection[str] = ()) -> str:
    """A CSV of cost details, each line an ordinary day but for what `rows` say; None drops a column, as do
    those in `without`.
    """
    lines = [{**DAY, **row} for row in rows]
    dropped = {n for line in lines for n, value in line.items() if value is None} | set(without)
    columns = [n for n in dict.fromkeys(n for line in lines for n in line) if n not in dropped]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", delimiter=delimiter)
    writer.writerow(columns)
    writer.writerows([[line.get(n, "") for n in columns] for line in lines])
    return text.getvalue()


class Azure(Loader):
    """Loads Azure's exports."""

    def load(self, *paths: Path, source: str = "azure", **options: Any) -> list[LoadRecord]:
        settings = {k: options.pop(k) for k in ("currency",) if k in options}
        return list(
            ingest_bill(self.ledger, source, bill_connector("azure", settings), list(paths), **options)
        )

    def columns(self, names: str) -> list[tuple[Any, ...]]:
        """Columns of all charges, in the order of the file."""
        return self.rows(f"SELECT {names} FROM charges ORDER BY x_SourceFile, x_SourceLine")
