-- BilledCost by invoice; what no invoice names yet is a row of its own.
SELECT
    source, billing_period, currency,
    invoice_id,
    min(issuer_name) AS issuer,
    sum(rows)::BIGINT AS rows,
    sum(billed) AS billed,
    coalesce(sum(billed) FILTER (list_contains(CAST($hidden AS VARCHAR[]), part)), 0) AS hidden
FROM bridge
WHERE $account IS NULL OR account = $account
GROUP BY ALL
ORDER BY source, billing_period, currency, invoice_id NULLS LAST
