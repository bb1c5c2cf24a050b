-- What charges add up to, by the provider's kind of line.
SELECT
    x_LineItemType AS kind,
    BillingCurrency AS currency,
    count(*) AS charges,
    coalesce(sum(x_SourceCost), 0) AS charged,
    coalesce(sum(BilledCost), 0) AS billed,
    coalesce(sum(EffectiveCost), 0) AS effective
FROM read_parquet(?)
GROUP BY ALL
ORDER BY ALL
