-- Where cost moved between the load before and this one, largest first.
WITH sides AS (
    SELECT true AS new, BillingCurrency, ServiceName, SubAccountId, BilledCost, EffectiveCost
    FROM read_parquet(?)
    UNION ALL BY NAME
    SELECT false AS new, BillingCurrency, ServiceName, SubAccountId, BilledCost, EffectiveCost
    FROM read_parquet(?)
), sums AS (
    SELECT
        BillingCurrency, ServiceName, SubAccountId,
        coalesce(sum(BilledCost) FILTER (NOT new), 0) AS billed_before,
        coalesce(sum(BilledCost) FILTER (new), 0) AS billed_after,
        coalesce(sum(EffectiveCost) FILTER (NOT new), 0) AS effective_before,
        coalesce(sum(EffectiveCost) FILTER (new), 0) AS effective_after
    FROM sides
    GROUP BY ALL
), metrics AS (
    SELECT BillingCurrency, ServiceName, SubAccountId, 'BilledCost' AS metric,
        billed_before AS before, billed_after AS after FROM sums
    UNION ALL
    SELECT BillingCurrency, ServiceName, SubAccountId, 'EffectiveCost',
        effective_before, effective_after FROM sums
)
SELECT BillingCurrency, ServiceName, SubAccountId, metric, before, after, after - before AS change
FROM metrics
WHERE before <> after
ORDER BY abs(after - before) DESC, BillingCurrency, ServiceName, SubAccountId, metric
LIMIT ?
