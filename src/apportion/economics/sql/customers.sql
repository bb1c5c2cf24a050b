-- Cost and revenue of every customer, one row for each currency: everyone who was a customer in the
-- window, cost something in it or brought revenue in it, whether or not the customers file knows them.
WITH parts AS (
    SELECT target AS customer_id, currency, day, cost_class, evidence, SUM({metric}) AS amount
    FROM allocations
    WHERE perspective = $perspective AND target_kind = 'allocated' AND day >= $read_from AND day < $end
        AND ($customer IS NULL OR target = $customer)
    GROUP BY ALL
),
days AS (
    SELECT customer_id, currency, day, SUM(amount) AS amount FROM parts WHERE day >= $start GROUP BY ALL
),
sparklines AS (
    SELECT customer_id, currency, LIST(STRUCT_PACK(day := day, cost := amount) ORDER BY day) AS days FROM days GROUP BY ALL
),
cost AS (
    SELECT customer_id, currency,
        COUNT(*) FILTER (WHERE day >= $start) > 0 AS has_cost,
        SUM(amount) FILTER (WHERE day >= $start) AS cost,
        SUM(amount) FILTER (WHERE day >= $start AND cost_class = 'cost_of_revenue') AS cost_of_revenue,
        SUM(amount) FILTER (WHERE day >= $start AND evidence = 'direct') AS direct,
        SUM(amount) FILTER (WHERE day >= $start AND evidence = 'measured') AS measured,
        SUM(amount) FILTER (WHERE day >= $start AND evidence = 'assumed') AS assumed,
        SUM(amount) FILTER (WHERE day < $start) AS cost_previous
    FROM parts GROUP BY ALL
),
income AS (
    SELECT customer_id, currency, SUM(amount) AS revenue
    FROM daily_revenue
    WHERE day >= $start AND day < $end AND ($customer IS NULL OR customer_id = $customer)
    GROUP BY ALL
),
known AS (
    SELECT customer_id, ANY_VALUE(customer_name) AS customer_name, ANY_VALUE(plan) AS plan, ANY_VALUE(status) AS status,
        BOOL_OR(COALESCE(start_date < $end, TRUE) AND COALESCE(end_date > $start, TRUE)) AS active
    FROM customers
    WHERE $customer IS NULL OR customer_id = $customer
    GROUP BY customer_id
),
named AS (
    SELECT customer_id, currency FROM cost
    UNION SELECT customer_id, currency FROM income
    UNION SELECT customer_id, $currency FROM known
        WHERE customer_id NOT IN (SELECT customer_id FROM cost UNION ALL SELECT customer_id FROM income)
)
SELECT customer_id, COALESCE(customer_name, customer_id) AS customer_name, COALESCE(plan, '') AS plan,
    COALESCE(status, 'unknown') AS status, currency, COALESCE(revenue, 0) AS revenue, COALESCE(cost, 0) AS cost,
    COALESCE(cost_of_revenue, 0) AS cost_of_revenue, COALESCE(direct, 0) AS direct, COALESCE(measured, 0) AS measured,
    COALESCE(assumed, 0) AS assumed, cost_previous, COALESCE(days, []) AS days,
    COALESCE(has_cost OR revenue IS NOT NULL OR active, FALSE) AS present
FROM named
LEFT JOIN cost USING (customer_id, currency)
LEFT JOIN income USING (customer_id, currency)
LEFT JOIN sparklines USING (customer_id, currency)
LEFT JOIN known USING (customer_id)
ORDER BY COALESCE(revenue, 0) - COALESCE(cost_of_revenue, 0), customer_id, currency
