-- The bill for trials: what the rules look at, and the days. Charges within a day become that day's.
SELECT
    $columns,
    $tags AS Tags,
    CASE WHEN within THEN date_trunc('day', ChargePeriodStart) ELSE ChargePeriodStart END AS ChargePeriodStart,
    CASE WHEN within THEN date_trunc('day', ChargePeriodStart) + INTERVAL 1 DAY ELSE ChargePeriodEnd END
        AS ChargePeriodEnd,
    $sums
FROM (
    SELECT
        *,
        (epoch_us(ChargePeriodEnd) - 1) // 86400000000 <= epoch_us(ChargePeriodStart) // 86400000000 AS within
    FROM charges
    WHERE BillingCurrency = $$currency
)
GROUP BY ALL
