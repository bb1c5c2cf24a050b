-- Quantity of every measure, and of active customers, beside the company's cost, by day and currency.
WITH cost AS (
    SELECT day, currency, SUM({metric}) AS cost FROM daily_costs
    WHERE day >= $read_from AND day < $end GROUP BY ALL
),
quantities AS (
    SELECT measure, day, SUM(quantity) AS quantity FROM usage
    WHERE day >= $read_from AND day < $end GROUP BY ALL
    UNION ALL
    SELECT $active, day, COUNT(DISTINCT customer_id)::DECIMAL(38, 12)
    FROM (SELECT DISTINCT day FROM cost), customers
    WHERE COALESCE(start_date <= day, TRUE) AND COALESCE(end_date > day, TRUE)
    GROUP BY ALL
),
actives AS (
    SELECT COUNT(DISTINCT customer_id) FILTER (WHERE COALESCE(start_date < $end, TRUE) AND COALESCE(end_date > $start, TRUE)) AS now,
        COUNT(DISTINCT customer_id) FILTER (WHERE COALESCE(start_date < $start, TRUE) AND COALESCE(end_date > $read_from, TRUE)) AS before
    FROM customers
)
SELECT measure, currency,
    CASE WHEN measure = $active THEN (SELECT now FROM actives)::DECIMAL(38, 12)
        ELSE SUM(quantity) FILTER (WHERE day >= $start) END AS quantity,
    CASE WHEN measure = $active THEN (SELECT before FROM actives)::DECIMAL(38, 12)
        ELSE SUM(quantity) FILTER (WHERE day < $start) END AS quantity_previous,
    SUM(cost) FILTER (WHERE day >= $start) AS cost,
    SUM(cost) FILTER (WHERE day < $start) AS cost_previous,
    LIST(STRUCT_PACK(day := day, quantity := quantity, cost := cost) ORDER BY day) FILTER (WHERE day >= $start) AS days
FROM (SELECT DISTINCT measure FROM quantities) CROSS JOIN cost LEFT JOIN quantities USING (measure, day)
GROUP BY measure, currency
HAVING COUNT(*) FILTER (WHERE day >= $start) > 0
ORDER BY measure = $active, measure, currency
