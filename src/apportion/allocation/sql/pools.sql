-- Cost pools of one perspective: what was charged on one day with the same answers, in whole units, with the
-- rules that take it (chain) and what it shares with the charges it follows (by).
CREATE OR REPLACE TEMP TABLE pools AS
WITH claimed AS (
    SELECT
        day, source, billing_period, currency, $dimensions cost_class, idle, $by AS by_values, chain,
        BilledCost, EffectiveCost
    FROM (SELECT *, $claims AS chain FROM daily_costs)
    WHERE $days
),

summed AS (
    SELECT
        * EXCLUDE (BilledCost, EffectiveCost),
        units(sum(BilledCost)) AS billed,
        units(sum(EffectiveCost)) AS effective
    FROM claimed
    GROUP BY ALL
)

SELECT row_number() OVER () AS id, * FROM summed
