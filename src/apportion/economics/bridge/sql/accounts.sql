-- Each account's own way from console to report; what is hidden by choice is left out.
SELECT
    source, billing_period, currency, account,
    coalesce(sum(rows) FILTER (NOT list_contains(CAST($hidden AS VARCHAR[]), part)), 0)::BIGINT AS rows,
    coalesce(sum(console) FILTER (NOT list_contains(CAST($hidden AS VARCHAR[]), part)), 0) AS console,
    coalesce(sum(billed) FILTER (NOT list_contains(CAST($hidden AS VARCHAR[]), part)), 0) AS billed,
    coalesce(sum(effective) FILTER (NOT list_contains(CAST($hidden AS VARCHAR[]), part)), 0) AS effective
FROM bridge
WHERE $account IS NULL OR account = $account
GROUP BY ALL
ORDER BY source, billing_period, currency, abs(sum(billed)) DESC, account
