-- Shares of a measure by day: weights as whole numbers whose sum has at most 18 digits (where there are more,
-- the last are cut off), beside the quantities they were made from.
CREATE OR REPLACE TEMP TABLE weights AS $weights;

CREATE OR REPLACE TEMP TABLE scales AS
WITH digits AS (
    SELECT $using, sum(quantity) AS total, greatest(0, length(CAST(sum(weight) AS VARCHAR)) - 18) AS cut
    FROM weights
    GROUP BY ALL
)

SELECT * EXCLUDE (cut), CAST('1' || repeat('0', cut) AS HUGEINT) AS scale FROM digits;

CREATE OR REPLACE TEMP TABLE $shares AS
WITH scaled AS (
    SELECT $using, target, quantity, total, CASE WHEN scale = 1 THEN weight ELSE weight // scale END AS weight
    FROM weights
    JOIN scales USING ($using)
    WHERE weight >= scale
),

wholes AS (
    SELECT $using, CAST(sum(weight) AS HUGEINT) AS whole FROM scaled GROUP BY ALL
)

SELECT $using, target, quantity, total, weight, whole FROM scaled JOIN wholes USING ($using)
