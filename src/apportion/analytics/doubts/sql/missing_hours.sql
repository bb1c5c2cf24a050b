-- Days of an hourly measure that lack hours; the newest day may still be filling.
WITH hours AS (
    SELECT measure, day, list_sort(list(DISTINCT CAST(hour("time") AS INTEGER))) AS present
    FROM ($rows)
    WHERE "time" IS NOT NULL
    GROUP BY ALL
),

usual AS (SELECT measure, median(len(present)) AS hours, max(day) AS newest FROM hours GROUP BY measure)

SELECT measure, day, present
FROM hours JOIN usual USING (measure)
WHERE hours >= 22 AND len(present) < 24 AND day < newest AND day >= $$start AND day < $$end
ORDER BY measure, day
