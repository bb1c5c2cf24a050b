-- What a staged file holds, by month, currency and what had to be done to its rows.
SELECT
    x_BillingPeriod AS period,
    BillingCurrency AS currency,
    x_Repairs AS mask,
    count(*) AS rows,
    min(x_SourceLine) AS first_line,
    coalesce(sum(BilledCost), 0) AS billed,
    coalesce(sum(EffectiveCost), 0) AS effective,
    coalesce(sum(abs(BilledCost)), 0) AS size_billed,
    coalesce(sum(abs(EffectiveCost)), 0) AS size_effective
FROM read_parquet(?)
GROUP BY ALL
ORDER BY ALL
