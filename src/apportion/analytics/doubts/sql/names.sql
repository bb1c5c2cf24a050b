-- Names in usage that no list of customers has, and names first seen with a large part of their first day.
WITH days AS (SELECT measure, day, sum(quantity) AS quantity FROM doubted GROUP BY ALL),

firsts AS (SELECT measure, min(day) AS first_day FROM days GROUP BY measure),

seen AS (
    SELECT
        measure, target,
        min(day) AS first_day,
        max(day) FILTER (day < $$end) AS last_day,
        sum(quantity) FILTER (day >= $$start AND day < $$end) AS quantity,
        arg_min(quantity, day) AS first_quantity
    FROM doubted AS daily
    WHERE target <> '(none)'
    GROUP BY ALL
),

totals AS (
    SELECT measure, sum(quantity) FILTER (day >= $$start AND day < $$end) AS quantity FROM days GROUP BY measure
),

known AS ($known)

SELECT
    'unknown_name' AS kind, seen.measure, seen.target,
    greatest(seen.first_day, $$start) AS day, seen.last_day AS until, seen.quantity,
    CAST(seen.quantity AS DOUBLE) / CAST(totals.quantity AS DOUBLE) AS share
FROM seen
JOIN totals USING (measure)
WHERE seen.quantity > 0
    AND (SELECT count(*) FROM known) > 0
    AND NOT EXISTS (SELECT 1 FROM known WHERE known.name = seen.target)
UNION ALL
SELECT
    'new_name', seen.measure, seen.target, seen.first_day, seen.first_day, seen.first_quantity,
    CAST(seen.first_quantity AS DOUBLE) / CAST(days.quantity AS DOUBLE) AS share
FROM seen
JOIN firsts ON firsts.measure = seen.measure
JOIN days ON days.measure = seen.measure AND days.day = seen.first_day
WHERE seen.first_day >= $$start AND seen.first_day < $$end
    AND seen.first_day >= firsts.first_day + 7
    AND seen.first_quantity >= 0.05 * days.quantity AND days.quantity > 0
ORDER BY share DESC, measure, target
