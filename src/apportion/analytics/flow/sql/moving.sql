-- Shares that nodes pass on to other nodes in the window, day by day.
SELECT day, node, target AS next, SUM(weight)::HUGEINT AS weight, MAX(whole)::HUGEINT AS whole
FROM steps
WHERE perspective = $perspective AND day >= $start AND day < $end AND target_kind = 'node'
GROUP BY ALL
ORDER BY ALL
