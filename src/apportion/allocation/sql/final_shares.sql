-- The final shares of every node that pools begin at: its own where it passes nothing on; else what leaves the
-- graph at its exits, in parts of 10¹⁸. Evidence is a number, the weaker the higher: the weakest step decides.
CREATE OR REPLACE TEMP TABLE targets AS
SELECT kind, target, CAST(row_number() OVER (ORDER BY target, kind) AS INTEGER) AS target_id
FROM (SELECT DISTINCT kind, target FROM passes WHERE next IS NULL);

CREATE OR REPLACE TEMP TABLE ends AS
SELECT
    day, node, target_id,
    CAST(CASE evidence WHEN 'direct' THEN 0 WHEN 'measured' THEN 1 ELSE 2 END AS TINYINT) AS weakness,
    sum(weight) AS weight, any_value(whole) AS whole
FROM passes
JOIN targets USING (kind, target)
WHERE next IS NULL
GROUP BY ALL;

-- Divisions of 128 bits are slow: what each end is of its node is divided once, not for each way that leads there.
CREATE OR REPLACE TEMP TABLE leaving AS
WITH passed_to AS (SELECT DISTINCT day, last AS node FROM exits),

wholes AS (
    SELECT day, node, sum(weight) AS whole FROM ends SEMI JOIN passed_to USING (day, node) GROUP BY ALL
)

SELECT day, node AS last, target_id, weakness, CAST(weight * 1000000000000000000 // w.whole AS BIGINT) AS weight
FROM ends
JOIN wholes AS w USING (day, node);

CREATE OR REPLACE TEMP TABLE final_shares AS
WITH begun AS (SELECT DISTINCT node, day FROM pools_at),

begun_exits AS (SELECT * FROM exits SEMI JOIN begun USING (day, node)),

composed AS (
    SELECT
        e.day, e.node, t.target_id, greatest(e.weakness, t.weakness) AS weakness,
        sum(CAST(e.weight AS HUGEINT) * t.weight) // 1000000000000000000 AS weight
    FROM begun_exits AS e
    JOIN leaving AS t USING (day, last)
    GROUP BY ALL
)

SELECT day, node, target_id, weakness, CAST(weight AS HUGEINT) AS weight, CAST(whole AS HUGEINT) AS whole
FROM ends
SEMI JOIN begun USING (day, node)
ANTI JOIN exits USING (day, node)
UNION ALL
SELECT *, CAST(sum(weight) OVER (PARTITION BY day, node) AS HUGEINT) AS whole FROM composed WHERE weight > 0
