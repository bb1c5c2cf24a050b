-- An amount of a month, of which the part of the days there are counts, against what the rule takes in that month.
WITH taken AS (
    SELECT date_trunc('month', day) AS month, $key sum(effective) AS effective
    FROM pools
    WHERE string_split(chain, ',')[1] = '$number' AND currency = $currency
    GROUP BY ALL
),

due AS (
    SELECT
        taken.*, target,
        amount * (SELECT count(*) FROM all_days WHERE date_trunc('month', day) = month)
            // day(last_day(month)) AS amount
    FROM taken, (VALUES $amounts) AS t(target, amount)
),

shared AS (
    SELECT *, sum(amount) OVER (PARTITION BY $key month) AS all_due FROM due
),

divided AS (
    SELECT month, $key target, amount AS weight FROM shared WHERE effective > 0
    UNION ALL
    SELECT DISTINCT month, $key '(rest)' AS target, effective - all_due AS weight FROM shared
    WHERE effective > all_due
    UNION ALL
    SELECT DISTINCT month, $key '(rest)' AS target, CAST(1 AS HUGEINT) AS weight FROM shared WHERE effective <= 0
)

SELECT day, $key target, money(weight) AS quantity, CAST(weight AS HUGEINT) AS weight
FROM divided
JOIN run_days ON date_trunc('month', day) = month
