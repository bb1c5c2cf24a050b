-- When the period ends, and how many charges with a cost name an invoice or do not.
SELECT
    max(BillingPeriodEnd) AS ends,
    count(InvoiceId) FILTER (BilledCost <> 0) AS named,
    count(*) FILTER (BilledCost <> 0 AND InvoiceId IS NULL) AS nameless
FROM read_parquet(?)
