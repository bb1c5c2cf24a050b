-- Operations of a provider by day (UTC) and model, at the rates they were priced by.
SELECT
    CAST(make_timestamp(epoch_us(time)) AS DATE) AS day,
    COALESCE(provider, '') AS provider,
    COALESCE(model, requested_model, '') AS model,
    CAST(SUM(COALESCE(requests, 1)) AS BIGINT) AS operations,
    CAST(SUM(COALESCE(input_tokens, 0) + COALESCE(output_tokens, 0)) AS BIGINT) AS tokens,
    COALESCE(CAST(SUM(COALESCE(requests, 1)) FILTER (WHERE cost IS NULL) AS BIGINT), 0) AS without_cost,
    SUM(cost) FILTER (WHERE currency = $currency) AS rated
FROM operations
WHERE time >= $start AND time < $end AND list_contains($providers, provider)
GROUP BY ALL
