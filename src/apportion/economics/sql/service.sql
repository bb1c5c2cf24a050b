-- What one service's cost is made of: by provider service, by environment and by day.
SELECT
    CASE WHEN GROUPING(ServiceName) = 0 THEN 'driver' WHEN GROUPING({environment}) = 0 THEN 'environment' ELSE 'day' END AS by,
    ServiceName AS driver, ServiceCategory AS service_category, {environment} AS environment, day,
    SUM({metric}) AS cost
FROM daily_costs
WHERE service = $service AND currency = $currency AND day >= $start AND day < $end
GROUP BY GROUPING SETS ((ServiceName, ServiceCategory), ({environment}), (day))
ORDER BY cost DESC, 2, 3, 4, 5
