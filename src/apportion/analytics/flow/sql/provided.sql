-- What each provider charged for each origin; NULL is all that are beyond the limit, together.
WITH spread AS (
    SELECT COALESCE(ServiceProviderName, '(none)') AS provider, {origin} AS origin, SUM({metric}) AS amount
    FROM daily_costs
    WHERE currency = $currency AND day >= $start AND day < $end
    GROUP BY ALL
),
providers AS (
    SELECT provider, ROW_NUMBER() OVER (ORDER BY SUM(amount) DESC, provider) AS place FROM spread GROUP BY provider
),
origins AS (
    SELECT origin, ROW_NUMBER() OVER (ORDER BY SUM(amount) DESC, origin) AS place FROM spread GROUP BY origin
)
SELECT
    IF(p.place <= $limit, provider, NULL) AS source,
    IF(o.place <= $limit, origin, NULL) AS target,
    SUM(amount) AS amount,
    (SELECT COUNT(*) FROM providers) AS sources,
    (SELECT COUNT(*) FROM origins) AS targets
FROM spread JOIN providers AS p USING (provider) JOIN origins AS o USING (origin)
GROUP BY ALL
ORDER BY MIN(p.place), MIN(o.place)
