-- What one call carries of the infrastructure that an allocation attributes to its name on its day (UTC), in 10⁻²⁰
-- of a currency unit: the cost of the day, divided by all calls of the day.
CREATE OR REPLACE TABLE operation_overhead AS
WITH attributed AS (
    SELECT target AS name, day, currency, SUM(EffectiveCost) AS cost
    FROM allocations
    WHERE perspective = {perspective} AND target_kind = 'allocated' AND {counted}
    GROUP BY ALL
), called AS (
    SELECT COALESCE({dimension}, '(none)') AS name, CAST(make_timestamp(epoch_us(time)) AS DATE) AS day,
        SUM(COALESCE(requests, 1)) AS calls
    FROM operations GROUP BY ALL
)
SELECT name, day, currency, CAST(cost * 1000000000000 AS HUGEINT) * 100000000 // CAST(calls AS HUGEINT) AS share
FROM attributed JOIN called USING (name, day)
