-- A source's standing charges by billing period, currency and the provider's kind of line (of a FOCUS bill the category).
SELECT
    x_BillingPeriod AS billing_period,
    BillingCurrency AS currency,
    coalesce(x_LineItemType, ChargeCategory, '(none)') AS line_item_type,
    count(*) AS charges,
    coalesce(sum(BilledCost), 0) AS billed,
    coalesce(sum(EffectiveCost), 0) AS effective
FROM ($rows)
GROUP BY ALL
ORDER BY billing_period DESC, currency, abs(sum(BilledCost)) DESC, line_item_type
