WITH used AS (
    SELECT day, $keys $target AS target, sum(quantity) AS quantity
    FROM usage
    WHERE $tests AND day BETWEEN (SELECT min(first) FROM counted) AND (SELECT max(last) FROM counted)
    GROUP BY ALL
),

summed AS (
    SELECT used.* EXCLUDE (day, quantity), spans.day, CAST(sum(quantity) AS DECIMAL(38, 12)) AS quantity
    FROM used
    JOIN spans ON $days
    WHERE true $shared
    GROUP BY ALL
)

SELECT *, $weight AS weight FROM summed WHERE quantity > 0
