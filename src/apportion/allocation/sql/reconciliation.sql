-- The statement: what the bills charged, counted from the charges themselves, against where the run put it.
WITH charged AS (
    SELECT x_Source AS source, x_BillingPeriod AS billing_period, BillingCurrency AS currency, metric, amount
    FROM (
        SELECT x_Source, x_BillingPeriod, BillingCurrency,
            sum(BilledCost) AS BilledCost, sum(EffectiveCost) AS EffectiveCost
        FROM charges GROUP BY ALL
    ) UNPIVOT (amount FOR metric IN (BilledCost, EffectiveCost))
),

placed AS (
    SELECT perspective, source, billing_period, currency, metric, target_kind, sum(amount) AS amount
    FROM (
        SELECT perspective, source, billing_period, currency, target_kind,
            sum(billed) AS BilledCost, sum(effective) AS EffectiveCost
        FROM result_sums GROUP BY ALL
    ) UNPIVOT (amount FOR metric IN (BilledCost, EffectiveCost))
    GROUP BY ALL
),

perspectives AS (SELECT unnest($$perspectives::VARCHAR[]) AS perspective)

SELECT
    perspective, source, billing_period, currency, metric,
    CAST(any_value(c.amount) AS DECIMAL(38, 12)) AS charged,
    money(coalesce(sum(p.amount) FILTER (target_kind = 'allocated'), 0)) AS allocated,
    money(coalesce(sum(p.amount) FILTER (target_kind = 'idle'), 0)) AS idle,
    money(coalesce(sum(p.amount) FILTER (target_kind = 'unallocated'), 0)) AS unallocated,
    charged - allocated - idle - unallocated AS difference,
    coalesce(any_value(r.amount), 0) AS rejected,
    coalesce(any_value(r.line_items), 0) AS rejected_rows
FROM charged AS c CROSS JOIN perspectives
LEFT JOIN placed AS p USING (perspective, source, billing_period, currency, metric)
LEFT JOIN rejected AS r USING (source, billing_period, currency, metric)
GROUP BY ALL
ORDER BY ALL
