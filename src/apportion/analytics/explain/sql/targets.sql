-- Every target of a perspective and what it is called: customers by their names, all others by themselves.
SELECT target, ANY_VALUE(name) AS name FROM (
    SELECT DISTINCT target, target AS name FROM allocations
    WHERE perspective = $perspective AND target_kind = 'allocated'
        AND (NOT $of_customers OR target NOT IN (SELECT customer_id FROM customers))
    UNION ALL
    SELECT customer_id, COALESCE(customer_name, customer_id) FROM customers WHERE $of_customers
)
GROUP BY target ORDER BY target
