-- What operations of complete days cost or took, by day (UTC) and by what they are told apart by.
WITH counted AS (
    SELECT CAST(timezone('UTC', time) AS DATE) AS day, CAST($quantity AS DECIMAL(38, 12)) AS quantity$answers
    FROM operations
    WHERE $conditions AND CAST(timezone('UTC', time) AS DATE) < CAST($$today AS DATE)
)

SELECT CAST(day AS VARCHAR) AS day, CAST(sum(quantity) AS VARCHAR) AS quantity$keys
FROM counted
WHERE quantity IS NOT NULL
GROUP BY ALL
ORDER BY ALL
