-- What the customer perspective leaves openly with nobody, and the whole of the window's cost.
SELECT currency,
    COALESCE(SUM({metric}) FILTER (WHERE now), 0) AS cost,
    COALESCE(SUM({metric}) FILTER (WHERE now AND cost_class = 'cost_of_revenue'), 0) AS cost_of_revenue,
    COALESCE(SUM({metric}) FILTER (WHERE now AND target_kind = 'unallocated'), 0) AS unallocated,
    COALESCE(SUM({metric}) FILTER (WHERE now AND target_kind = 'idle'), 0) AS idle,
    SUM({metric}) FILTER (WHERE NOT now) AS cost_previous
FROM (
    SELECT *, day >= $start AS now FROM allocations
    WHERE perspective = $perspective AND day >= $read_from AND day < $end
)
GROUP BY currency
ORDER BY currency
