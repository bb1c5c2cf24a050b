-- The lines that every number of a bridge is a sum of.
SELECT
    source, billing_period, currency, kind, service, part, billed_step, effective_step,
    sum(rows)::BIGINT AS rows,
    sum(sourced)::BIGINT AS sourced,
    sum(console) AS console,
    sum(billed) AS billed,
    sum(effective) AS effective,
    sum(outside) AS outside,
    strftime(min(starts), '%Y-%m-%d %H:%M') AS starts,
    any_value(main_provider) AS provider
FROM bridge
WHERE $account IS NULL OR account = $account
GROUP BY ALL
ORDER BY source, billing_period, currency, abs(sum(console)) DESC, kind, service, part, billed_step, effective_step
