-- What the days of each bill add up to.
SELECT source, billing_period, currency, metric, amount
FROM (
    SELECT source, billing_period, currency,
        SUM(BilledCost)::DECIMAL(38, 12) AS BilledCost, SUM(EffectiveCost)::DECIMAL(38, 12) AS EffectiveCost
    FROM daily_costs
    WHERE COALESCE(source = $source, TRUE) AND COALESCE(billing_period = $billing_period, TRUE)
        AND COALESCE(currency = $currency, TRUE)
    GROUP BY ALL
) UNPIVOT INCLUDE NULLS (amount FOR metric IN (BilledCost, EffectiveCost))
WHERE COALESCE(metric = $metric, TRUE)
