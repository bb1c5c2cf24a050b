-- What no rate was known for, under which conditions, with the tokens it took.
SELECT
    provider,
    coalesce(model, requested_model) AS model,
    service_tier,
    batch,
    region,
    max(time) AS time,
    CAST(sum(coalesce(requests, 1)) AS BIGINT) AS operations,
    CAST(sum(input_tokens) AS BIGINT) AS input_tokens,
    CAST(sum(output_tokens) AS BIGINT) AS output_tokens,
    min(CAST(time AS DATE)) AS first_day,
    max(CAST(time AS DATE)) AS last_day
FROM operations
WHERE price_state = 'unpriced'
GROUP BY ALL
