-- What each rule claimed where the cost began, and where that arrived.
WITH kinds AS (
    SELECT perspective, source, billing_period, currency, rule, method, target_kind, metric, amount
    FROM (
        SELECT perspective, source, billing_period, currency, rule, method, target_kind,
            SUM(BilledCost)::DECIMAL(38, 12) AS BilledCost, SUM(EffectiveCost)::DECIMAL(38, 12) AS EffectiveCost
        FROM allocations
        WHERE COALESCE(perspective = $perspective, TRUE) AND COALESCE(source = $source, TRUE)
            AND COALESCE(billing_period = $billing_period, TRUE) AND COALESCE(currency = $currency, TRUE)
        GROUP BY ALL
    ) UNPIVOT INCLUDE NULLS (amount FOR metric IN (BilledCost, EffectiveCost))
    WHERE COALESCE(metric = $metric, TRUE)
)
SELECT
    perspective, source, billing_period, currency, metric, rule, MAX(method) AS method,
    SUM(amount) AS claimed,
    COALESCE(SUM(amount) FILTER (target_kind = 'allocated'), 0) AS allocated,
    COALESCE(SUM(amount) FILTER (target_kind = 'idle'), 0) AS idle,
    COALESCE(SUM(amount) FILTER (target_kind = 'unallocated'), 0) AS unallocated,
    claimed - allocated - idle - unallocated AS difference
FROM kinds
GROUP BY ALL
