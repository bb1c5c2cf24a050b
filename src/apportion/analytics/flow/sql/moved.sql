-- What began at nodes that pass cost on to other nodes, and where it went; NULL is all beyond the limit.
SELECT
    day, node,
    IF(list_contains($origins, {origin}), {origin}, NULL) AS source,
    target_kind,
    IF(target_kind <> 'allocated' OR list_contains($targets, target), target, NULL) AS target,
    SUM({metric}) AS amount
FROM allocations
WHERE perspective = $perspective AND currency = $currency AND day >= $start AND day < $end
    AND list_contains($moving, node)
GROUP BY ALL
ORDER BY ALL
