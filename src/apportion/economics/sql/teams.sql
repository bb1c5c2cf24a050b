-- Cost of every team, one row for each currency: as the team perspective attributes it, or, without
-- one, as the charges name their team.
WITH cost AS (
    SELECT target AS team, currency, day, service, environment, {metric} AS amount
    FROM allocations WHERE perspective = $perspective AND day >= $read_from AND day < $end
    UNION ALL
    SELECT {team}, currency, day, service, environment, {metric}
    FROM daily_costs WHERE $perspective IS NULL AND day >= $read_from AND day < $end
),
parts AS (
    SELECT team, currency, day, service, environment, SUM(amount) AS amount FROM cost GROUP BY ALL
),
tops AS (
    SELECT team, currency, COUNT(*) FILTER (WHERE service <> '(none)') AS services, ARG_MAX(service, (amount, service)) AS top_service
    FROM (SELECT team, currency, service, SUM(amount) AS amount FROM parts WHERE day >= $start GROUP BY ALL)
    GROUP BY ALL
),
days AS (
    SELECT team, currency, LIST(STRUCT_PACK(day := day, cost := amount) ORDER BY day) AS days
    FROM (SELECT team, currency, day, SUM(amount) AS amount FROM parts WHERE day >= $start GROUP BY ALL)
    GROUP BY ALL
),
sums AS (
    SELECT team, currency,
        SUM(amount) FILTER (WHERE day >= $start) AS cost,
        SUM(amount) FILTER (WHERE day < $start) AS cost_previous,
        COALESCE(SUM(amount) FILTER (WHERE day >= $start AND environment = 'production'), 0) AS production,
        COALESCE(SUM(amount) FILTER (WHERE day >= $start AND environment NOT IN ('production', '(none)')), 0) AS non_production
    FROM parts GROUP BY ALL
)
SELECT team, currency, cost, cost_previous, production, non_production, services, top_service, days
FROM sums
JOIN tops USING (team, currency)
JOIN days USING (team, currency)
ORDER BY cost DESC, team, currency
