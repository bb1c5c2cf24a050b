-- What each customer's operations took and cost in an hour (UTC). Revenue has no hours.
CREATE OR REPLACE VIEW hourly_customer_metrics AS
SELECT date_trunc('hour', make_timestamp(epoch_us(time))) AS hour, COALESCE(customer, '(none)') AS customer, currency,
    CAST(SUM(COALESCE(requests, 1)) AS BIGINT) AS operations,
    COALESCE(CAST(SUM(COALESCE(requests, 1)) FILTER (WHERE cost IS NULL) AS BIGINT), 0) AS unpriced,
    CAST(SUM(COALESCE(input_tokens, 0) + COALESCE(output_tokens, 0)) AS BIGINT) AS tokens,
    CAST(SUM(cost) AS DECIMAL(38, 12)) AS cost
FROM operations GROUP BY ALL
