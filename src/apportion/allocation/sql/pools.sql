-- Cost pools: what sits at one node (a set of answers) on one day, in whole units.
CREATE OR REPLACE TEMP TABLE pools AS
SELECT
    day, source, billing_period, currency, $dimensions cost_class, idle,
    units(sum(BilledCost)) AS billed,
    units(sum(EffectiveCost)) AS effective
FROM daily_costs
GROUP BY ALL
