-- What each invoice adds up to; what no invoice names yet is a row of its own.
SELECT
    x_BillingPeriod AS billing_period,
    BillingCurrency AS currency,
    InvoiceId AS invoice_id,
    min(InvoiceIssuerName) AS issuer,
    count(*) AS rows,
    coalesce(sum(BilledCost), 0) AS billed
FROM ($rows)
GROUP BY ALL
ORDER BY billing_period DESC, currency, invoice_id NULLS LAST
