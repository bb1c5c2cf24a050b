-- Shares that nodes pass on to targets in the window, day by day; NULL is all targets beyond the limit.
SELECT
    day, node, target_kind,
    IF(target_kind <> 'allocated' OR list_contains($targets, target), target, NULL) AS target,
    SUM(weight)::HUGEINT AS weight, MAX(whole)::HUGEINT AS whole
FROM steps
WHERE perspective = $perspective AND day >= $start AND day < $end AND target_kind <> 'node'
GROUP BY ALL
ORDER BY ALL
