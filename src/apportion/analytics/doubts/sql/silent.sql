-- Names that had usage on six of the last seven days and none on the next, though the measure went on.
WITH days AS (SELECT measure, day, sum(quantity) AS quantity FROM doubted GROUP BY ALL),

steady AS (
    SELECT days.measure, daily.target, days.day,
        max(daily.day) AS last_day,
        CAST(sum(daily.quantity) AS DOUBLE) AS quantity
    FROM days
    JOIN doubted AS daily ON daily.measure = days.measure AND daily.day BETWEEN days.day - 7 AND days.day - 1
    WHERE days.day >= $$start AND days.day < $$end AND daily.target <> '(none)' AND daily.quantity > 0
    GROUP BY days.measure, daily.target, days.day
    HAVING count(DISTINCT daily.day) >= 6 AND max(daily.day) = days.day - 1
),

before AS (
    SELECT steady.measure, steady.day, sum(quantity) AS quantity FROM steady GROUP BY ALL
)

SELECT steady.measure, steady.target, steady.day, steady.quantity / before.quantity AS share
FROM steady
JOIN before USING (measure, day)
ANTI JOIN doubted AS daily
    ON daily.measure = steady.measure AND daily.day = steady.day AND daily.target = steady.target
ANTI JOIN ($ended) AS ended
    ON ended.name = steady.target AND ended.end_date <= steady.day
WHERE steady.quantity >= 0.01 * before.quantity
ORDER BY share DESC, measure, day, target
