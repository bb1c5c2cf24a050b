-- A bill whose amounts, with credits as if they were charges, come to $$most or more.
SELECT source, billing_period, currency
FROM daily_costs
GROUP BY ALL
HAVING greatest(sum(abs(BilledCost)), sum(abs(EffectiveCost))) >= $$most
ORDER BY ALL
LIMIT 1
