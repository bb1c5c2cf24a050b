-- What the Cost Explorer API answers, as FOCUS charges: one row for each day, kind of line, service and group.
-- In $amount and $amortized the net metrics stand where the account has them, else the gross ones: one choice for all.
SELECT
    $kept,

    -- cost
    CASE WHEN unused_row OR kind = 'savingsplancoveredusage' THEN 0 ELSE amount END AS BilledCost,  -- `UnblendedCost` or `NetUnblendedCost`; 0 where a savings plan covers the usage
    CASE WHEN unused_row THEN amortized WHEN commitment_fee THEN 0 ELSE amortized END AS EffectiveCost,  -- `AmortizedCost` or `NetAmortizedCost`; what it leaves on a commitment's fee was paid for and not used: a row of its own
    CASE WHEN unused_row OR usage THEN NULL ELSE amount END AS ListCost,  -- empty for usage: the API has no list prices
    CASE WHEN unused_row OR kind = 'discountedusage' THEN NULL ELSE amount END AS ContractedCost,  -- the cost before commitments; unknown for usage under a reservation
    currency AS BillingCurrency,
    currency AS PricingCurrency,
    CASE WHEN unused_row THEN 0 ELSE unblended_cost END AS x_SourceCost,  -- `UnblendedCost`, which Cost Explorer shows by default
    record_type AS x_LineItemType,

    -- what kind of charge
    CASE
        WHEN unused_row OR usage THEN 'Usage'
        WHEN kind = 'tax' THEN 'Tax'
        WHEN kind = 'refund' AND service = 'Tax' THEN 'Tax'
        WHEN kind = 'refund' THEN 'Usage'
        WHEN kind = 'credit' OR contains(kind, 'discount') THEN 'Credit'
        WHEN commitment_fee OR purchase THEN 'Purchase'
        ELSE 'Adjustment'
    END AS ChargeCategory,  -- by `RECORD_TYPE`; discounts are credits; of a refund the API does not say what is refunded
    CASE
        WHEN unused_row OR usage OR kind = 'refund' THEN 'Usage-Based'
        WHEN kind IN ('recurring', 'rifee', 'savingsplanrecurringfee', 'support', 'subscription') THEN 'Recurring'
        ELSE 'One-Time'
    END AS ChargeFrequency,
    CASE WHEN unused_row THEN 'Unused commitment: ' || record_type ELSE record_type || ': ' || service END AS ChargeDescription,

    -- when
    billing_period_start AS BillingPeriodStart,
    billing_period_start + INTERVAL 1 MONTH AS BillingPeriodEnd,
    day AS ChargePeriodStart,
    day + INTERVAL 1 DAY AS ChargePeriodEnd,

    -- who
    billing_account AS BillingAccountId,
    'Management Account' AS BillingAccountType,
    account AS SubAccountId,  -- `LINKED_ACCOUNT`; empty where `by` asks for something else
    coalesce(account_name, account) AS SubAccountName,  -- as the API describes the account, else its number
    CASE WHEN account IS NOT NULL THEN 'Member Account' END AS SubAccountType,
    'AWS' AS HostProviderName,
    'AWS' AS InvoiceIssuerName,
    'AWS' AS ProviderName,
    'AWS' AS PublisherName,
    'AWS' AS ServiceProviderName,

    -- for what
    service AS ServiceName,  -- `SERVICE`
    CASE service $categories ELSE 'Other' END AS ServiceCategory,  -- by `SERVICE`
    CASE service $subcategories ELSE 'Other (Other)' END AS ServiceSubcategory,  -- by `SERVICE`
    region AS RegionId,  -- `REGION`, with `by`
    region AS RegionName,
    tags AS Tags,  -- the one tag or cost category that `by` names

    -- how much
    CASE
        WHEN unused_row OR kind IN ('discountedusage', 'savingsplancoveredusage') THEN 'Committed'
        WHEN usage OR (kind = 'refund' AND service <> 'Tax') THEN 'Other'
        WHEN commitment_fee OR purchase THEN 'Standard'
    END AS PricingCategory,  -- other usage is on demand, spot and more in one sum
    CASE WHEN NOT priced THEN NULL WHEN counted THEN usage_quantity ELSE 1 END AS PricingQuantity,  -- as ConsumedQuantity; else the API's sum is one unit
    CASE WHEN NOT priced THEN NULL WHEN counted THEN usage_unit ELSE 'Units' END AS PricingUnit,
    CASE WHEN counted THEN usage_quantity END AS ConsumedQuantity,  -- `UsageQuantity`, where the API adds up one unit only
    CASE WHEN counted THEN usage_unit END AS ConsumedUnit
FROM (
    SELECT *, unnest(CASE WHEN commitment_fee AND amortized <> 0 THEN [false, true] ELSE [false] END) AS unused_row
    FROM (
        SELECT
            *,
            kind IN ('usage', 'discountedusage', 'savingsplancoveredusage') AS usage,
            kind IN ('rifee', 'recurring', 'upfront', 'savingsplanrecurringfee', 'savingsplanupfrontfee') AS commitment_fee,
            kind IN ('fee', 'support', 'subscription', 'marketplace', 'otheroutofcyclecharges') AS purchase,
            usage OR commitment_fee OR purchase OR (kind = 'refund' AND service <> 'Tax') AS priced,
            usage AND usage_quantity IS NOT NULL AS counted
        FROM (
            SELECT
                *,
                regexp_replace(lower(record_type), '[^a-z]', '', 'g') AS kind,
                $amount AS amount,
                $amortized AS amortized
            FROM $rows
        )
    )
)
WHERE broken OR kind <> 'savingsplannegation'
