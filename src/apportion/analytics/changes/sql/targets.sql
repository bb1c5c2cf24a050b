-- What each target bore and bears in the window: one sum of each side, and one join of the sums.
CREATE OR REPLACE TEMP TABLE target_changes AS
WITH before AS (
    SELECT perspective, currency, target_kind, target, CAST($before_total AS DECIMAL(38, 12)) AS amount
    FROM $before_rows
    WHERE day >= $$start AND day < $$end
    GROUP BY ALL
),

after AS (
    SELECT perspective, currency, target_kind, target, CAST($after_total AS DECIMAL(38, 12)) AS amount
    FROM $after_rows
    WHERE day >= $$start AND day < $$end
    GROUP BY ALL
)

SELECT
    perspective, currency, target_kind, target,
    b.amount IS NULL AS new,
    a.amount IS NULL AS gone,
    coalesce(b.amount, 0) AS before,
    coalesce(a.amount, 0) AS after,
    coalesce(a.amount, 0) - coalesce(b.amount, 0) AS change
FROM before AS b FULL JOIN after AS a USING (perspective, currency, target_kind, target)
