-- Weights as whole numbers whose sum has at most 18 digits: where there are more, the last are cut off.
CREATE OR REPLACE TEMP TABLE weights AS $weights;

CREATE OR REPLACE TEMP TABLE scales AS
WITH digits AS (
    SELECT $using, greatest(0, length(CAST(sum(weight) AS VARCHAR)) - 18) AS cut FROM weights GROUP BY ALL
)

SELECT * EXCLUDE (cut), CAST('1' || repeat('0', cut) AS HUGEINT) AS scale FROM digits;

CREATE OR REPLACE TEMP TABLE scaled AS
SELECT $using, target, CASE WHEN scale = 1 THEN weight ELSE weight // scale END AS weight
FROM weights JOIN scales USING ($using)
WHERE weight >= scale;

CREATE OR REPLACE TEMP TABLE shares AS
WITH wholes AS (
    SELECT $using, CAST(sum(weight) AS HUGEINT) AS whole FROM scaled GROUP BY ALL
)

SELECT $using, target, weight, whole FROM scaled JOIN wholes USING ($using)
