-- Revenue on the days it belongs to. A month's amount is spread over that month's own days, so whole months add
-- up exactly; other amounts over the days they cover, or on their one day. End dates are the first day without.
-- Only days with cost count ($$first to before $$horizon): revenue without its cost would look like margin.
WITH item AS (
    SELECT *, least(coalesce(end_date, $$horizon), $$horizon) AS until FROM $rows
),

recurring AS (
    SELECT customer_id, currency, kind, amount, CAST(unnest(range(start_date, until, INTERVAL 1 DAY)) AS DATE) AS day
    FROM item WHERE kind = 'recurring' AND start_date < until
),

monthly AS (
    SELECT customer_id, currency, kind, day,
        money(reached(amount, day(day)::HUGEINT, day(last_day(day))::HUGEINT)
            - reached(amount, day(day)::HUGEINT - 1, day(last_day(day))::HUGEINT)) AS amount
    FROM recurring
),

once AS (
    SELECT customer_id, currency, kind, amount, start_date,
        greatest(1, coalesce(end_date, start_date + 1) - start_date)::BIGINT AS days
    FROM item WHERE kind <> 'recurring'
),

spread AS (
    SELECT *, unnest(range(days)) AS k FROM once
)

SELECT customer_id, day, currency, kind, CAST(sum(amount) AS DECIMAL(28, 12)) AS amount
FROM (
    SELECT customer_id, currency, kind, day, amount FROM monthly
    UNION ALL
    SELECT customer_id, currency, kind, start_date + k::INTEGER AS day,
        money(reached(amount, (k + 1)::HUGEINT, days::HUGEINT) - reached(amount, k::HUGEINT, days::HUGEINT))
    FROM spread
)
WHERE day >= $$first AND day < $$horizon
GROUP BY ALL
ORDER BY customer_id, day, currency, kind
