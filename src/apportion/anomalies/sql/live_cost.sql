-- The chosen cost by hour, of charges that know their hour; and by day, with no step, of all others.
SELECT currency, [$keys] AS key, day, step, CAST(SUM(amount) AS DECIMAL(38, 12)) AS cost
FROM (
    SELECT *, $metric AS amount,
        CASE WHEN $hourly THEN date_trunc('hour', make_timestamp(epoch_us(ChargePeriodStart))) END AS step
    FROM charge_days WHERE $conditions
)
GROUP BY ALL
ORDER BY ALL
