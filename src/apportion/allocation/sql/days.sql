-- The first day with cost, and the last complete one: the day before the latest midnight that usage within a
-- day has reached. A support fee for the whole month does not make the month complete.
WITH usage_end AS (
    SELECT max(epoch_us(ChargePeriodEnd)) // 86400000000 - 1 AS n
    FROM charges
    WHERE ChargeCategory = 'Usage' AND epoch_us(ChargePeriodEnd) - epoch_us(ChargePeriodStart) <= 86400000000
)

SELECT
    min(day) AS first_day,
    CASE
        WHEN DATE '1970-01-01' + any_value(n)::INTEGER BETWEEN min(day) AND max(day)
            THEN DATE '1970-01-01' + any_value(n)::INTEGER
        ELSE max(day)
    END AS last_day
FROM daily_costs, usage_end
