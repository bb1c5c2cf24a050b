-- What each customer's operations cost on a UTC day, beside what the customer paid. Money of different currencies
-- stands in rows of its own; where operations have no known cost, neither cost nor margin is known.
CREATE OR REPLACE VIEW daily_customer_metrics AS
WITH metered AS (
    SELECT CAST(make_timestamp(epoch_us(time)) AS DATE) AS date, COALESCE(customer, '(none)') AS customer, currency,
        CAST(SUM(COALESCE(requests, 1)) AS BIGINT) AS operations,
        COALESCE(CAST(SUM(COALESCE(requests, 1)) FILTER (WHERE cost IS NOT NULL) AS BIGINT), 0) AS priced,
        SUM(cost) AS cost,
        CAST(SUM(COALESCE(input_tokens, 0) + COALESCE(output_tokens, 0)) AS BIGINT) AS tokens
    FROM operations GROUP BY ALL
), paid AS (
    SELECT day AS date, customer_id AS customer, currency, SUM(amount) AS revenue
    FROM daily_revenue GROUP BY ALL
), joined AS (
    SELECT date, customer, currency,
        COALESCE(operations, 0) AS operations,
        COALESCE(operations - priced, 0) AS unpriced,
        COALESCE(tokens, 0) AS tokens,
        CASE WHEN operations IS NULL THEN 0 ELSE cost END AS cost,
        COALESCE(revenue, 0) AS revenue
    FROM metered FULL JOIN paid USING (date, customer, currency)
)
SELECT date, customer, currency, operations, unpriced, tokens,
    CAST(cost AS DECIMAL(38, 12)) AS cost,
    CAST(revenue AS DECIMAL(38, 12)) AS revenue,
    CAST(revenue - cost AS DECIMAL(38, 12)) AS margin
FROM joined
