-- The statement as the run wrote it.
SELECT * FROM reconciliation
WHERE COALESCE(perspective = $perspective, TRUE) AND COALESCE(source = $source, TRUE)
    AND COALESCE(billing_period = $billing_period, TRUE) AND COALESCE(currency = $currency, TRUE)
    AND COALESCE(metric = $metric, TRUE)
ORDER BY perspective, source, billing_period, currency, metric
