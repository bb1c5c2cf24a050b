"""Lines of Oracle's reports written in a line or two, and a ledger that loads them."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from apportion.connectors import bill_connector
from apportion.ingestion import LoadRecord, ingest_bill
from ingestion_bills import Loader

INSTANCE = "ocid1.instance.oc1.iad.abc"

HOUR = {
    "lineItem/referenceNo": "ref-1",
    "lineItem/tenantId": "ocid1.tenancy.oc1..t",
    "lineItem/intervalUsageStart": "2026-09-03T10:00Z",
    "lineItem/intervalUsageEnd": "2026-09-03T11:00Z",
    "product/service": "COMPUTE",
    "product/compartmentId": "ocid1.compartment.oc1..c",
    "product/compartmentName": "shop",
    "product/region": "iad",
    "product/availabilityDomain": "AD-1",
    "product/resourceId": INSTANCE,
    "usage/billedQuantity": "2",
    "usage/billedQuantityOverage": "",
    "cost/subscriptionId": "123",
    "cost/productSku": "B93113",
    "product/Description": "Standard E4 OCPU",
    "cost/unitPrice": "0.025",
    "cost/myCost": "0.05",
    "cost/myCostOverage": "",
    "cost/currencyCode": "USD",
    "cost/skuUnitDescription": "OCPU Per Hour",
    "cost/overageFlag": "N",
    "lineItem/isCorrection": "false",
    "lineItem/backreferenceNo": "",
    "tags/Shop.team": "web",
    "tags/env": "",
}
"""Two OCPUs for an hour at 0.025."""

FOCUS_HOUR = {
    "BilledCost": "0.05",
    "EffectiveCost": "",
    "ListCost": "0",
    "BillingAccountId": "123",
    "BillingCurrency": "USD",
    "BillingPeriodStart": "2026-09-01T00:00Z",
    "BillingPeriodEnd": "2026-10-01T00:00Z",
    "ChargePeriodStart": "2026-09-03T10:00Z",
    "ChargePeriodEnd": "2026-09-03T11:00Z",
    "ChargeCategory": "Usage",
    "ChargeSubCategory": "",
    "ChargeFrequency": "Usage-based",
    "InvoiceIssuer": "Oracle America, Inc.",
    "Provider": "Oracle",
    "Publisher": "Oracle",
    "Region": "us-ashburn-1",
    "ResourceId": INSTANCE,
    "ServiceCategory": "",
    "ServiceName": "Compute",
    "SkuPriceId": "B93113",
    "PricingCategory": "On-Demand",
    "PricingQuantity": "2",
    "PricingUnit": "OCPU Per Hour",
    "UsageQuantity": "2",
    "UsageUnit": "OCPU Per Hour",
    "Tags": '{"team": "web"}',
    "oci_CompartmentName": "shop",
    "oci_BackReferenceNumber": "",
}
"""The same hour in a FOCUS report."""


def report(*rows: Mapping[str, str], hour: Mapping[str, str] = HOUR) -> str:
    """A report, each line that hour but for what `rows` say."""
    lines = [{**hour, **row} for row in rows]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for line in lines for name in line)), restval="")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


class Oracle(Loader):
    """Loads Oracle's reports."""

    def load(self, *paths: Path, source: str = "oracle", **options: Any) -> list[LoadRecord]:
        return list(ingest_bill(self.ledger, source, bill_connector("oracle"), list(paths), **options))

    def columns(self, names: str) -> list[tuple[Any, ...]]:
        """Columns of all charges, in the order of the file."""
        return self.rows(f"SELECT {names} FROM charges ORDER BY x_SourceFile, x_SourceLine")
