-- The same by month. Where operations of one day have no known cost, the month has that of its other days.
CREATE OR REPLACE VIEW customer_metrics AS
SELECT strftime(date, '%Y-%m') AS month, customer, currency,
    CAST(SUM(operations) AS BIGINT) AS operations,
    CAST(SUM(unpriced) AS BIGINT) AS unpriced,
    CAST(SUM(tokens) AS BIGINT) AS tokens,
    SUM(cost) AS cost, SUM(revenue) AS revenue,
    SUM(revenue) - SUM(cost) AS margin
FROM daily_customer_metrics GROUP BY ALL
