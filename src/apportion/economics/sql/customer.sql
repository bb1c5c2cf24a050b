-- What one customer's cost is made of: by service, by cost class and by day, each adding up to the same.
SELECT
    CASE WHEN GROUPING({service}) = 0 THEN 'service' WHEN GROUPING(cost_class) = 0 THEN 'cost_class' ELSE 'day' END AS by,
    {service} AS service, cost_class, day,
    COUNT(*) FILTER (WHERE day >= $start) > 0 AS present,
    COALESCE(SUM({metric}) FILTER (WHERE day >= $start), 0) AS cost,
    COALESCE(SUM({metric}) FILTER (WHERE day >= $start AND cost_class = 'cost_of_revenue'), 0) AS cost_of_revenue,
    COALESCE(SUM({metric}) FILTER (WHERE day >= $start AND evidence = 'direct'), 0) AS direct,
    SUM({metric}) FILTER (WHERE day < $start) AS cost_previous
FROM allocations
WHERE perspective = $perspective AND target = $customer AND currency = $currency AND day >= $read_from AND day < $end
GROUP BY GROUPING SETS (({service}), (cost_class), (day))
ORDER BY cost DESC, 2, 3, 4
