-- Cost of every team (or another dimension) in each environment.
SELECT * FROM (
    SELECT {by} AS key, currency, environment, SUM({metric}) AS cost
    FROM daily_costs
    WHERE day >= $start AND day < $end
    GROUP BY ALL
)
ORDER BY SUM(cost) OVER (PARTITION BY key, currency) DESC, key, currency, environment
