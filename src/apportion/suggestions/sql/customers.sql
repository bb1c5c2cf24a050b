-- Customers for trials: one who is there on every day of the bill stands for all, where nothing tells them apart.
WITH span AS (
    SELECT min(ChargePeriodStart)::DATE AS first_day, max(ChargePeriodEnd)::DATE AS end_day FROM charges
),

steady AS (
    SELECT min(customer_id) AS customer_id
    FROM customers, span
    WHERE $$merged AND coalesce(start_date, first_day) <= first_day AND coalesce(end_date, end_day) >= end_day
)

SELECT * FROM customers WHERE coalesce(customer_id = (SELECT customer_id FROM steady), true)
