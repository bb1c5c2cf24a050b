-- Where the cost of each origin went; NULL is all that are beyond the limit, together.
WITH placed AS (
    SELECT {origin} AS origin, target_kind, target, SUM({metric}) AS amount
    FROM allocations
    WHERE perspective = $perspective AND currency = $currency AND day >= $start AND day < $end
    GROUP BY ALL
),
targets AS (
    SELECT target, ROW_NUMBER() OVER (ORDER BY SUM(amount) DESC, target) AS place
    FROM placed WHERE target_kind = 'allocated' GROUP BY target
)
SELECT
    IF(list_contains($origins, origin), origin, NULL) AS source,
    target_kind,
    IF(target_kind <> 'allocated' OR place <= $limit, placed.target, NULL) AS target,
    SUM(amount) AS amount,
    (SELECT COUNT(*) FROM targets) AS targets
FROM placed LEFT JOIN targets ON target_kind = 'allocated' AND placed.target = targets.target
GROUP BY 1, 2, 3
ORDER BY target_kind, MIN(place), 3, MIN(origin)
