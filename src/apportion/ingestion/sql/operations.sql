-- What operations of complete days cost or took, by day (UTC) and by what they are told apart by. Only today
-- is not complete; and even today is, where the clock runs behind operations that are later than it.
WITH dated AS (
    SELECT *, CAST(make_timestamp(epoch_us(time)) AS DATE) AS utc_day FROM operations
),

counted AS (
    SELECT utc_day AS day, CAST($quantity AS DECIMAL(38, 12)) AS quantity$answers
    FROM dated
    WHERE $conditions
        AND (utc_day <> CAST($$today AS DATE) OR utc_day < (SELECT max(utc_day) FROM dated))
)

SELECT CAST(day AS VARCHAR) AS day, CAST(sum(quantity) AS VARCHAR) AS quantity$keys
FROM counted
WHERE quantity IS NOT NULL
GROUP BY ALL
ORDER BY ALL
