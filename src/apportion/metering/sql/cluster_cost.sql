-- What the last run attributes to a target, day by day, and what of its own capacity nobody used.
SELECT
    day,
    currency,
    CAST(coalesce(sum($metric) FILTER (target_kind = 'allocated'), 0) AS DECIMAL(28, 12)) AS cost,
    CAST(coalesce(sum($metric) FILTER (target_kind = 'idle'), 0) AS DECIMAL(28, 12)) AS idle
FROM allocations
WHERE
    perspective = $$perspective
    AND (
        (target_kind = 'allocated' AND target = $$target) OR (target_kind = 'idle' AND $dimension = $$target)
    )
GROUP BY ALL
ORDER BY ALL
