"""Makes a month of a believable bill of any size, as typed Parquet, as Parquet of text, and as CSV."""

import sys
from pathlib import Path

import duckdb

# One row an hour for each of about a thousand resources, long ARNs, costs of twelve decimal places, four tags
# whose keys drift in case; every value follows from the row's number, so that two runs give the same bill.
BILL = """
WITH n AS (
    SELECT i, hash(i) AS h, hash(i + 7) AS g, (i % 1009)::INT AS resource, (i // 1009)::BIGINT AS step
    FROM range({rows}) t(i)
), facts AS (
    SELECT *,
        ['Amazon Elastic Compute Cloud', 'Amazon Simple Storage Service', 'Amazon Relational Database Service',
         'AWS Lambda', 'Amazon CloudFront', 'Amazon DynamoDB', 'Amazon Virtual Private Cloud',
         'AWS Key Management Service'][1 + resource % 8] AS service,
        ['Compute', 'Storage', 'Databases', 'Compute', 'Networking', 'Databases', 'Networking', 'Security']
            [1 + resource % 8] AS category,
        ['Virtual Machines', 'Object Storage', 'Relational Databases', 'Serverless Compute',
         'Content Delivery', 'NoSQL Databases', 'Network Infrastructure', 'Secret Management']
            [1 + resource % 8] AS subcategory,
        ['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1'][1 + resource % 4] AS region,
        ['US East (N. Virginia)', 'US West (Oregon)', 'Europe (Ireland)', 'Europe (Frankfurt)']
            [1 + resource % 4] AS region_name,
        lpad((100000000000 + resource % 23 * 7919)::VARCHAR, 12, '0') AS account,
        TIMESTAMPTZ '2026-09-01 00:00:00+00' + to_hours((step % 720)::INT) AS started,
        ((h % 1000000000000)::DECIMAL(28,0) * 0.000000000001)::DECIMAL(28,12) * (1 + resource % 5) AS list,
        ((g % 100000000)::DECIMAL(28,0) * 0.000001)::DECIMAL(38,12) AS quantity
    FROM n
)
SELECT
    account AS SubAccountId, 'workload-' || (resource % 23) AS SubAccountName, 'Linked Account' AS SubAccountType,
    '100000000001' AS BillingAccountId, 'Fernway Payer' AS BillingAccountName, 'Payer Account' AS BillingAccountType,
    TIMESTAMPTZ '2026-09-01 00:00:00+00' AS BillingPeriodStart,
    TIMESTAMPTZ '2026-10-01 00:00:00+00' AS BillingPeriodEnd,
    started AS ChargePeriodStart, started + INTERVAL 1 HOUR AS ChargePeriodEnd,
    'Usage' AS ChargeCategory, NULL::VARCHAR AS ChargeClass,
    '$0.0' || (resource % 97) || ' per unit of ' || service || ' in ' || region_name AS ChargeDescription,
    'Usage-Based' AS ChargeFrequency,
    (list * 0.9)::DECIMAL(28,12) AS BilledCost, (list * 0.8)::DECIMAL(28,12) AS EffectiveCost,
    list::DECIMAL(28,12) AS ListCost, (list * 0.95)::DECIMAL(28,12) AS ContractedCost,
    (0.01 + resource % 97 * 0.001)::DECIMAL(38,12) AS ListUnitPrice,
    (0.009 + resource % 97 * 0.001)::DECIMAL(38,12) AS ContractedUnitPrice,
    CASE WHEN resource % 10 = 0 THEN 'Committed' ELSE 'Standard' END AS PricingCategory,
    quantity AS PricingQuantity, 'Hours' AS PricingUnit, 'USD' AS PricingCurrency,
    (0.009 + resource % 97 * 0.001)::DECIMAL(38,12) AS PricingCurrencyContractedUnitPrice,
    (list * 0.8)::DECIMAL(28,12) AS PricingCurrencyEffectiveCost,
    (0.01 + resource % 97 * 0.001)::DECIMAL(38,12) AS PricingCurrencyListUnitPrice,
    'USD' AS BillingCurrency, quantity AS ConsumedQuantity, 'Hours' AS ConsumedUnit,
    'INV-2026-09-0001' AS InvoiceId, 'Amazon Web Services, Inc.' AS InvoiceIssuerName,
    'AWS' AS ProviderName, 'AWS' AS PublisherName,
    service AS ServiceName, category AS ServiceCategory, subcategory AS ServiceSubcategory,
    'SKU-' || substr(md5('sku' || resource % 211), 1, 24) AS SkuId, 'BoxUsage' AS SkuMeter,
    'SPRICE-' || substr(md5('price' || resource % 211), 1, 24) AS SkuPriceId,
    '{{"InstanceType":"m6i.large","CoreCount":2,"MemorySize":8,"OperatingSystem":"Linux"}}' AS SkuPriceDetails,
    'arn:aws:' || lower(subcategory[1:3]) || ':' || region || ':' || account || ':instance/i-'
        || substr(md5('resource' || resource), 1, 17) AS ResourceId,
    'node-' || resource AS ResourceName, 'Instance' AS ResourceType,
    region AS RegionId, region_name AS RegionName, region || 'a' AS AvailabilityZone,
    CASE WHEN resource % 10 = 0 THEN 'arn:aws:savingsplans::100000000001:savingsplan/' || resource % 3 END
        AS CommitmentDiscountId,
    CASE WHEN resource % 10 = 0 THEN 'Spend' END AS CommitmentDiscountCategory,
    CASE WHEN resource % 10 = 0 THEN 'Used' END AS CommitmentDiscountStatus,
    CASE WHEN resource % 10 = 0 THEN 'Savings Plan' END AS CommitmentDiscountType,
    CASE WHEN resource % 10 = 0 THEN quantity END AS CommitmentDiscountQuantity,
    CASE WHEN resource % 10 = 0 THEN 'USD' END AS CommitmentDiscountUnit,
    NULL::VARCHAR AS CapacityReservationId, NULL::VARCHAR AS CapacityReservationStatus,
    MAP {{
        ['team', 'Team', 'TEAM'][1 + resource % 3]: 'team-' || resource % 6,
        ['environment', 'Environment'][1 + resource % 2]: ['production', 'staging', 'prod'][1 + resource % 3],
        'service': 'service-' || resource % 24,
        'CostCenter': 'cc-' || (1000 + resource % 40)
    }} AS Tags
FROM facts
"""

AS_TEXT = """
SELECT * REPLACE (
    {times}, {numbers}, CAST(CAST(Tags AS JSON) AS VARCHAR) AS Tags
) FROM ({bill})
"""


def make(rows: int, folder: Path) -> dict[str, Path]:
    """The three files of a bill of `rows` rows below `folder`; made once."""
    paths = {
        "typed Parquet": folder / f"typed-{rows}.parquet",
        "text Parquet": folder / f"text-{rows}.parquet",
        "CSV": folder / f"bill-{rows}.csv",
    }
    if all(path.exists() for path in paths.values()):
        return paths
    folder.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(config={"memory_limit": "3GB", "temp_directory": str(folder / "spill")})
    con.execute("SET TimeZone = 'UTC'")
    con.execute(f"COPY ({BILL.format(rows=rows)}) TO '{paths['typed Parquet']}' (FORMAT parquet)")
    typed = f"SELECT * FROM read_parquet('{paths['typed Parquet']}')"
    kinds = con.execute(f"DESCRIBE {typed}").fetchall()
    times = [
        f'strftime("{c[0]}", \'%Y-%m-%dT%H:%M:%SZ\') AS "{c[0]}"' for c in kinds if c[1].startswith("TIME")
    ]
    numbers = [f'CAST("{c[0]}" AS VARCHAR) AS "{c[0]}"' for c in kinds if c[1].startswith("DECIMAL")]
    text = AS_TEXT.format(times=", ".join(times), numbers=", ".join(numbers), bill=typed)
    con.execute(f"COPY ({text}) TO '{paths['text Parquet']}' (FORMAT parquet)")
    con.execute(f"COPY (FROM read_parquet('{paths['text Parquet']}')) TO '{paths['CSV']}' (HEADER)")
    return paths


if __name__ == "__main__":
    for kind, path in make(int(sys.argv[1]), Path(__file__).parent / ".data").items():
        print(f"{kind}: {path} ({path.stat().st_size / 1e6:,.0f} MB)")
