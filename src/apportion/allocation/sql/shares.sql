-- Weights as whole numbers whose sum has at most 18 digits: where there are more, the last are cut off.
CREATE OR REPLACE TEMP TABLE shares AS
WITH weights AS ($weights),

whole AS (
    SELECT day, $keys sum(weight) AS whole FROM weights GROUP BY ALL
),

scaled AS (
    SELECT
        weights.*,
        weight // CAST('1' || repeat('0', greatest(0, length(CAST(whole AS VARCHAR)) - 18)) AS HUGEINT) AS small
    FROM weights JOIN whole USING ($using)
)

SELECT day, $keys target, small AS weight, sum(small) OVER (PARTITION BY $using)::HUGEINT AS whole
FROM scaled
WHERE small > 0
