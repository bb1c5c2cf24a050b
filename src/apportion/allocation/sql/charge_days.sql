-- Every charge on each UTC day it covers, with that day's exact part of its costs and the answer to each
-- dimension. A charge within one day stays whole; one that covers several is spread by time; a one-time
-- purchase stays on its first day.
WITH answered AS NOT MATERIALIZED (
    SELECT
        *,
    $answers,
        epoch_us(ChargePeriodStart) // 86400000000 AS first_day,
        (epoch_us(ChargePeriodEnd) - 1) // 86400000000 AS final_day,
        final_day > first_day
            AND NOT (ChargeCategory = 'Purchase' AND coalesce(ChargeFrequency, '') = 'One-Time') AS spans
    FROM $charges
),

spread AS NOT MATERIALIZED (
    SELECT *, unnest(range(first_day, final_day + 1)) AS n FROM answered WHERE spans
),

timed AS NOT MATERIALIZED (
    SELECT
        *,
        greatest(1, epoch_us(ChargePeriodEnd) // 1000000 - epoch_us(ChargePeriodStart) // 1000000)::HUGEINT AS total,
        greatest(0, n * 86400 - epoch_us(ChargePeriodStart) // 1000000)::HUGEINT AS before,
        least(total, (n + 1) * 86400 - epoch_us(ChargePeriodStart) // 1000000)::HUGEINT AS after
    FROM spread
)

SELECT
    DATE '1970-01-01' + CAST(first_day AS INTEGER) AS day,
    BilledCost, EffectiveCost, ContractedCost, ListCost,
    $columns
FROM answered
WHERE NOT coalesce(spans, false)
UNION ALL
SELECT
    DATE '1970-01-01' + CAST(n AS INTEGER) AS day,
    money(reached(BilledCost, after, total) - reached(BilledCost, before, total)) AS BilledCost,
    money(reached(EffectiveCost, after, total) - reached(EffectiveCost, before, total)) AS EffectiveCost,
    money(reached(ContractedCost, after, total) - reached(ContractedCost, before, total)) AS ContractedCost,
    money(reached(ListCost, after, total) - reached(ListCost, before, total)) AS ListCost,
    $columns
FROM timed
