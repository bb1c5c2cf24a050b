-- How much each rate card priced: its version stands after the last # of an operation's rate.
SELECT
    regexp_extract(rate, '#([^#]*)$$', 1) AS version,
    CAST(sum(operations) AS BIGINT) AS operations,
    min(first_day) AS first_day,
    max(last_day) AS last_day
FROM (
    SELECT
        rate,
        sum(coalesce(requests, 1)) AS operations,
        min(CAST(time AS DATE)) AS first_day,
        max(CAST(time AS DATE)) AS last_day
    FROM operations
    WHERE cost IS NOT NULL AND contains(rate, '#')
    GROUP BY ALL
)
GROUP BY ALL
