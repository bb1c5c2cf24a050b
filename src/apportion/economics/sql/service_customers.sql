-- Who carries one service's cost, the idle and the unallocated part included.
SELECT target AS customer_id,
    COALESCE(ANY_VALUE(customer_name), CASE target_kind WHEN 'idle' THEN 'Idle' WHEN 'unallocated' THEN 'Unallocated' ELSE target END) AS customer_name,
    cost
FROM (
    SELECT target, target_kind, SUM({metric}) AS cost
    FROM allocations
    WHERE perspective = $perspective AND service = $service AND currency = $currency AND day >= $start AND day < $end
    GROUP BY ALL
)
LEFT JOIN customers ON customer_id = target
GROUP BY target, target_kind, cost
ORDER BY cost DESC, target
