-- The company's cost beside its revenue, day by day.
SELECT day, COALESCE(SUM(cost), 0) AS cost, COALESCE(SUM(revenue), 0) AS revenue
FROM (
    SELECT day, {metric} AS cost, NULL::DECIMAL(28, 12) AS revenue FROM daily_costs WHERE currency = $currency AND day >= $start AND day < $end
    UNION ALL
    SELECT day, NULL, amount FROM daily_revenue WHERE currency = $currency AND day >= $start AND day < $end
)
GROUP BY day
ORDER BY day
