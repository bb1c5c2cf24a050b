"""A month of a large company's charges and usage, written straight into a ledger."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from apportion import focus
from apportion.engine import connect, quote_ident
from apportion.ledger import Ledger, Slice
from apportion.ledger.schemas import USAGE, delta_schema

DAYS, CUSTOMERS, POOLS = 31, 1_000, 40
CHARGES = f"""
SELECT
    TIMESTAMPTZ '2026-10-01 00:00:00+00' + INTERVAL 1 HOUR * (i % {DAYS * 24}) AS ChargePeriodStart,
    ChargePeriodStart + INTERVAL 1 HOUR AS ChargePeriodEnd,
    TIMESTAMPTZ '2026-10-01 00:00:00+00' AS BillingPeriodStart,
    TIMESTAMPTZ '2026-11-01 00:00:00+00' AS BillingPeriodEnd,
    CAST(hash(i) % 100000000 * 0.0000000137 AS DECIMAL(28, 12)) AS BilledCost,
    CAST(hash(i) % 100000000 * 0.0000000121 AS DECIMAL(28, 12)) AS EffectiveCost,
    BilledCost AS ListCost, EffectiveCost AS ContractedCost,
    'USD' AS BillingCurrency, 'Usage' AS ChargeCategory, 'Usage-Based' AS ChargeFrequency,
    'Amazon Web Services' AS ProviderName, 'Amazon Web Services' AS ServiceProviderName,
    'Amazon Web Services' AS PublisherName, 'Amazon Web Services, Inc.' AS InvoiceIssuerName,
    '100000000001' AS BillingAccountId, 'Payer' AS BillingAccountName,
    '20000000000' || (i % 6) AS SubAccountId, 'account-' || (i % 6) AS SubAccountName,
    'us-east-1' AS RegionId, 'US East (N. Virginia)' AS RegionName,
    'arn:aws:ec2:us-east-1:200000000000:instance/i-' || lpad((r % 1000)::VARCHAR, 17, '0') AS ResourceId,
    CASE r % 4 WHEN 0 THEN 'Amazon Elastic Compute Cloud' WHEN 1 THEN 'Amazon Relational Database Service'
        WHEN 2 THEN 'Amazon Simple Storage Service' ELSE 'AWS Data Transfer' END AS ServiceName,
    CASE r % 4 WHEN 0 THEN 'Compute' WHEN 1 THEN 'Databases' WHEN 2 THEN 'Storage' ELSE 'Networking' END
        AS ServiceCategory,
    'SKU' || (r % 200) AS SkuId, 'Standard' AS PricingCategory, 'Hours' AS PricingUnit,
    CAST(1 AS DECIMAL(38, 12)) AS PricingQuantity, CAST(1 AS DECIMAL(38, 12)) AS ConsumedQuantity,
    'charge for SKU' || (r % 200) || ' per hour' AS ChargeDescription,
    CASE WHEN r % 10 < 7
        THEN MAP {{'Team': 'team-' || (r % {POOLS} % 6), 'service': 'shared-' || (r % {POOLS}),
                  'Environment': 'production', 'CostCenter': 'cc-' || (r % {POOLS} % 6)}}
        ELSE MAP {{'Team': 'team-' || (r % 6), 'service': 'dedicated-' || (r % 5), 'Environment': 'production',
                  'customer': 'customer-' || lpad((r // 10 % {CUSTOMERS})::VARCHAR, 4, '0')}}
    END AS Tags,
    'aws' AS x_Source, '2026-10' AS x_BillingPeriod, 'load' AS x_LoadId, 'bill.parquet' AS x_SourceFile,
    i AS x_SourceLine
FROM (SELECT i, hash(i * 7 + 1) AS r FROM range($rows) AS t(i))
"""
REQUESTS = f"""
SELECT 'requests' AS measure, '2026-10' AS period, DATE '2026-10-01' + d::INTEGER AS day,
    CAST(1 + hash(d * 1000003 + p * 1009 + c) % 1000000 AS DECIMAL(38, 12)) AS quantity,
    MAP {{'service': 'shared-' || p, 'customer': 'customer-' || lpad(c::VARCHAR, 4, '0')}} AS dimensions
FROM range({DAYS}) AS a(d), range({POOLS}) AS b(p), range({CUSTOMERS}) AS e(c)
"""
RULES = {
    "dimensions": {
        "team": [{"tag": ["team", "owner"]}],
        "service": [{"tag": "service"}],
        "environment": [{"tag": ["environment", "env"], "map": {"prd": "production"}}],
        "customer": [{"tag": "customer"}],
        "cost_center": [{"tag": ["cost_center"]}],
    },
    "perspectives": {
        "customer": {
            "to": "customer",
            "rules": [
                {"name": "dedicated", "match": {"customer": "*"}, "method": "direct"},
                {
                    "name": "shared",
                    "match": {"service": "shared-*"},
                    "method": "proportional",
                    "measure": "requests",
                },
            ],
        }
    },
}


@dataclass(frozen=True)
class Month:
    """SELECTs of a month's charges ($rows of them) and of the usage of each measure."""

    charges: str = CHARGES
    usage: Mapping[str, str] = field(default_factory=lambda: {"requests": REQUESTS})


def fill(root: Path, rows: int, month: Month | None = None) -> Ledger:
    """A ledger below `root` with `rows` charges of one month and its usage, a million rows unless said otherwise."""
    month = month or Month()
    ledger = Ledger(root / "ledger")
    con = connect(memory_limit="4GB", temp=root / "spill")
    columns = {**focus.charge_columns()}
    for name, select, shape, part in (
        (
            "charges",
            month.charges.replace("$rows", str(rows)),
            columns,
            {"x_Source": "aws", "x_BillingPeriod": "2026-10"},
        ),
        *(("usage", q, USAGE, {"measure": m, "period": "2026-10"}) for m, q in month.usage.items()),
    ):
        table = ledger.table(name)
        path = table.partition_directory(part) / "month.parquet"
        known = {d[0] for d in con.execute(f"SELECT * FROM ({select}) LIMIT 0").description or []}
        listed = ", ".join(
            f"CAST({quote_ident(c) if c in known else 'NULL'} AS {t}) AS {quote_ident(c)}"
            for c, t in shape.items()
        )
        con.execute(f"COPY (SELECT {listed} FROM ({select})) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
        table.replace([Slice(part, [path])], schema=delta_schema(shape), record={"rows": rows})
    con.close()
    return ledger
