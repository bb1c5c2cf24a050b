-- The cost of each day, by the answers of the dimensions and the FOCUS columns that reports ask for.
CREATE OR REPLACE TEMP TABLE $table AS
SELECT
    day,
    x_Source AS source,
    x_BillingPeriod AS billing_period,
    BillingCurrency AS currency,
    $dimensions
    cost_class,
    coalesce(CommitmentDiscountStatus = 'Unused' OR CapacityReservationStatus = 'Unused', false) AS idle,
    $kept,
    $tests AS tests,
    count(*) AS line_items,
    CAST(sum(BilledCost) AS DECIMAL(28, 12)) AS BilledCost,
    CAST(sum(EffectiveCost) AS DECIMAL(28, 12)) AS EffectiveCost,
    CAST(sum(ContractedCost) AS DECIMAL(28, 12)) AS ContractedCost,
    CAST(sum(ListCost) AS DECIMAL(28, 12)) AS ListCost
FROM charge_days $bills
GROUP BY ALL
