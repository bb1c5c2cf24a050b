-- Cost of a step by resources that were not there before, and how usual it was that there are such.
WITH seen AS (
    SELECT ResourceId, day, $owner AS owned, SUM($metric) AS amount
    FROM charge_days
    WHERE day >= $start AND day <= $at AND ResourceId IS NOT NULL AND $condition
    GROUP BY ALL
),
born AS (SELECT ResourceId, MIN(day) AS born FROM seen GROUP BY ResourceId)
SELECT
    SUM(amount) FILTER (WHERE day = $at AND born >= $first) AS new,
    COUNT(DISTINCT ResourceId) FILTER (WHERE day = $at AND born >= $first) AS resources,
    COUNT(*) FILTER (WHERE day = $at AND born >= $first AND NOT owned) AS unowned,
    SUM(amount) FILTER (WHERE day = $first - 1 AND born >= $first - 7 AND born > $start + 7) AS churned,
    SUM(amount) FILTER (WHERE day = $first - 1) AS before
FROM seen
JOIN born USING (ResourceId)
