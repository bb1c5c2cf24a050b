-- One customer's revenue of the window: by day, and by kind with what the items say they are for.
SELECT daily.kind, daily.day, daily.amount, COALESCE(items.description, '') AS description
FROM (
    SELECT kind, day, SUM(amount) AS amount FROM daily_revenue
    WHERE customer_id = $customer AND currency = $currency AND day >= $start AND day < $end
    GROUP BY GROUPING SETS ((kind), (day))
) AS daily
LEFT JOIN (
    SELECT kind, STRING_AGG(DISTINCT NULLIF(description, ''), ', ' ORDER BY NULLIF(description, '')) AS description
    FROM revenue
    WHERE customer_id = $customer AND currency = $currency AND start_date < $end AND COALESCE(end_date > $start, TRUE)
    GROUP BY kind
) AS items USING (kind)
ORDER BY daily.amount DESC, daily.kind, daily.day
