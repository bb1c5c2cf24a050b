-- Each perspective and currency as a whole.
SELECT
    perspective,
    currency,
    sum(before) AS total_before,
    sum(after) AS total_after,
    coalesce(sum(change) FILTER (change > 0), 0) AS gained,
    -coalesce(sum(change) FILTER (change < 0), 0) AS lost,
    coalesce(sum(before) FILTER (target_kind = 'unallocated'), 0) AS unallocated_before,
    coalesce(sum(after) FILTER (target_kind = 'unallocated'), 0) AS unallocated_after,
    coalesce(sum(before) FILTER (target_kind = 'idle'), 0) AS idle_before,
    coalesce(sum(after) FILTER (target_kind = 'idle'), 0) AS idle_after,
    count(*) FILTER (target_kind = 'allocated' AND NOT new) AS targets_before,
    count(*) FILTER (target_kind = 'allocated' AND NOT gone) AS targets_after,
    count(*) FILTER (target_kind = 'allocated' AND change <> 0) AS targets_moved,
    count(*) FILTER (target_kind = 'allocated' AND new) AS targets_new,
    count(*) FILTER (target_kind = 'allocated' AND gone) AS targets_gone
FROM target_changes
GROUP BY ALL
ORDER BY ALL
