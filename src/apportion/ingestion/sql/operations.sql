-- What operations of complete days cost or took, by day (UTC) and by what they are told apart by. Only today
-- is not complete; and even today is, where the clock runs behind operations that are later than it.
WITH counted AS (
    SELECT CAST(timezone('UTC', time) AS DATE) AS day, CAST($quantity AS DECIMAL(38, 12)) AS quantity$answers
    FROM operations
    WHERE $conditions AND (
            CAST(timezone('UTC', time) AS DATE) <> CAST($$today AS DATE)
            OR CAST(timezone('UTC', time) AS DATE) < (SELECT max(CAST(timezone('UTC', time) AS DATE)) FROM operations)
        )
)

SELECT CAST(day AS VARCHAR) AS day, CAST(sum(quantity) AS VARCHAR) AS quantity$keys
FROM counted
WHERE quantity IS NOT NULL
GROUP BY ALL
ORDER BY ALL
