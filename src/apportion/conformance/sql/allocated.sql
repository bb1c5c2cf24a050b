-- What a perspective attributed, as charges: a row for each day, pool, rule and target. Of the bill they keep what all
-- charges of the source's billing period share.
WITH shared AS (
    SELECT
        x_Source AS source,
        x_BillingPeriod AS billing_period,
        BillingCurrency AS currency,
        CASE WHEN count(DISTINCT BillingAccountId) = 1 THEN min(BillingAccountId) END AS BillingAccountId,
        CASE WHEN count(DISTINCT BillingAccountId) = 1 THEN min(BillingAccountName) END AS BillingAccountName,
        CASE WHEN count(DISTINCT InvoiceIssuerName) = 1 THEN min(InvoiceIssuerName) END AS InvoiceIssuerName,
        CASE WHEN count(DISTINCT ServiceProviderName) = 1 THEN min(ServiceProviderName) END AS ServiceProviderName,
        min(BillingPeriodStart) AS BillingPeriodStart,
        max(BillingPeriodEnd) AS BillingPeriodEnd
    FROM charges
    WHERE x_Source = $source
    GROUP BY ALL
),

rows AS (
    SELECT
        *,
        map_from_entries(list_filter(
            [$tags], lambda tag: tag.value IS NOT NULL AND tag.value <> '(none)'
        )) AS tags,
        row_number() OVER pool AS place,
        sum(in_units(EffectiveCost)) OVER (pool ROWS UNBOUNDED PRECEDING) AS reached,
        sum(in_units(EffectiveCost)) OVER whole AS total,
        min(EffectiveCost) OVER whole < 0 AND max(EffectiveCost) OVER whole > 0 AS mixed
    FROM allocations
    WHERE perspective = $perspective AND source = $source
    WINDOW
        whole AS (PARTITION BY day, source, billing_period, currency, $pool, cost_class, rule),
        pool AS (
            PARTITION BY day, source, billing_period, currency, $pool, cost_class, rule
            ORDER BY target_kind, target, node, evidence, BilledCost, EffectiveCost
        )
)

SELECT
    $columns,
    perspective AS x_Perspective,
    rule AS x_Rule,
    method AS x_Method,
    node AS x_Node,
    evidence AS x_Evidence,
    cost_class AS x_CostClass,
    target AS x_Target,
    target_kind AS x_TargetKind
FROM rows LEFT JOIN shared USING (source, billing_period, currency)
