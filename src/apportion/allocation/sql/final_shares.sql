-- The final shares of every node that pools begin at: its own where it passes nothing on; else what leaves the
-- graph at its exits, in parts of 10¹⁸.
CREATE OR REPLACE TEMP TABLE targets AS
SELECT kind, target, CAST(row_number() OVER (ORDER BY target, kind) AS INTEGER) AS target_id
FROM (SELECT DISTINCT kind, target FROM passes WHERE next IS NULL);

CREATE OR REPLACE TEMP TABLE ends AS
SELECT day, node, target_id, evidence, sum(weight) AS weight, any_value(whole) AS whole
FROM passes
JOIN targets USING (kind, target)
WHERE next IS NULL
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE final_shares AS
WITH begun AS (SELECT DISTINCT node, day FROM pools_at),

leaving AS (SELECT day, node, sum(weight) AS whole FROM ends GROUP BY ALL),

onward AS (
    SELECT
        e.day, e.node, t.target_id,
        CASE
            WHEN e.evidence = 'assumed' OR t.evidence = 'assumed' THEN 'assumed'
            WHEN e.evidence = 'direct' AND t.evidence = 'direct' THEN 'direct'
            ELSE 'measured'
        END AS evidence,
        CAST(e.weight AS HUGEINT) * (t.weight * 1000000000000000000 // l.whole) AS weight
    FROM exits AS e
    JOIN begun USING (day, node)
    JOIN leaving AS l ON l.day = e.day AND l.node = e.last
    JOIN ends AS t ON t.day = e.day AND t.node = e.last
),

composed AS (
    SELECT day, node, target_id, evidence, sum(weight) // 1000000000000000000 AS weight FROM onward GROUP BY ALL
)

SELECT day, node, target_id, evidence, CAST(weight AS HUGEINT) AS weight, CAST(whole AS HUGEINT) AS whole
FROM ends
JOIN begun USING (day, node)
ANTI JOIN (SELECT DISTINCT day, node FROM exits) USING (day, node)
UNION ALL
SELECT *, CAST(sum(weight) OVER (PARTITION BY day, node) AS HUGEINT) AS whole FROM composed WHERE weight > 0
