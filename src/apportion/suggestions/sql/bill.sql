-- What the bill charged, without its days: one row for all charges that say the same of themselves.
CREATE OR REPLACE TEMP TABLE bill AS
SELECT
    $columns,
    CAST(sum(EffectiveCost) AS DECIMAL(38, 12)) AS cost,
    count(*) AS line_items
FROM charges
WHERE BillingCurrency = $$currency
GROUP BY ALL
