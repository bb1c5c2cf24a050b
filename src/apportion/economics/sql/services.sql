-- Cost of every service, one row for each currency; who owns it, who uses it, how often it is called.
WITH parts AS (
    SELECT service, team, currency, day, SUM({metric}) AS amount
    FROM daily_costs
    WHERE day >= $read_from AND day < $end AND ($service IS NULL OR service = $service)
    GROUP BY ALL
),
owners AS (
    SELECT service, currency, ARG_MAX(team, (amount, team)) AS team
    FROM (SELECT service, currency, team, SUM(amount) AS amount FROM parts GROUP BY ALL)
    GROUP BY ALL
),
days AS (
    SELECT service, currency, LIST(STRUCT_PACK(day := day, cost := amount) ORDER BY day) AS days
    FROM (SELECT service, currency, day, SUM(amount) AS amount FROM parts WHERE day >= $start GROUP BY ALL)
    GROUP BY ALL
),
cost AS (
    SELECT service, currency, SUM(amount) FILTER (WHERE day >= $start) AS cost,
        SUM(amount) FILTER (WHERE day < $start) AS cost_previous
    FROM parts GROUP BY ALL
),
users AS (
    SELECT service, currency, COUNT(DISTINCT target) AS customers
    FROM allocations
    WHERE perspective = $perspective AND target_kind = 'allocated' AND day >= $start AND day < $end
        AND ($service IS NULL OR service = $service)
    GROUP BY ALL
),
calls AS (
    SELECT dimensions['service'] AS service, SUM(quantity) AS requests
    FROM usage
    WHERE measure = 'requests' AND day >= $start AND day < $end
        AND ($service IS NULL OR dimensions['service'] = $service)
    GROUP BY ALL
)
SELECT service, team, currency, cost, cost_previous, days, requests, COALESCE(customers, 0) AS customers
FROM cost
JOIN days USING (service, currency)
JOIN owners USING (service, currency)
LEFT JOIN users USING (service, currency)
LEFT JOIN calls USING (service)
ORDER BY cost DESC, service, currency
