-- Days without any row of a measure: between its first and last, or after its last where other measures go on.
WITH rows AS (SELECT DISTINCT measure, day FROM doubted),

reach AS (
    SELECT measure, min(day) AS first_day, max(max(day)) OVER () AS last_day FROM rows GROUP BY measure
),

expected AS (
    SELECT measure, CAST(unnest(range(first_day, last_day + 1, INTERVAL 1 DAY)) AS DATE) AS day FROM reach
),

missing AS (
    SELECT *, day - CAST(row_number() OVER (PARTITION BY measure ORDER BY day) AS INTEGER) AS island
    FROM expected ANTI JOIN rows USING (measure, day)
)

SELECT measure, min(day) AS day, max(day) AS until, count(*) AS days
FROM missing
WHERE day >= $$start AND day < $$end
GROUP BY measure, island
ORDER BY measure, day
