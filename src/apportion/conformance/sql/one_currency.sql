-- Invoices and the currencies of their charges.
SELECT
    count(DISTINCT BillingCurrency) > 1 AS broken,
    MAP {
        'InvoiceId': InvoiceId,
        'BillingCurrency': string_agg(DISTINCT BillingCurrency, ', ' ORDER BY BillingCurrency)
    } AS found
FROM groups
WHERE InvoiceId IS NOT NULL
GROUP BY InvoiceIssuerName, InvoiceId
ORDER BY InvoiceIssuerName, InvoiceId
