-- Days to run again: those whose cost changed, and those that usage which changed may count for. With `month`, a
-- day's result depends on its whole month.
CREATE OR REPLACE TEMP TABLE run_days AS
WITH gone AS (
    SELECT measure, day, count(*) AS n, sum(hash(quantity, CAST(dimensions AS VARCHAR))::HUGEINT) AS mark
    FROM ($gone) GROUP BY ALL
),

come AS (
    SELECT measure, day, count(*) AS n, sum(hash(quantity, CAST(dimensions AS VARCHAR))::HUGEINT) AS mark
    FROM ($come) GROUP BY ALL
),

used AS (
    SELECT DISTINCT measure, day FROM ((FROM gone EXCEPT FROM come) UNION ALL (FROM come EXCEPT FROM gone))
),

counts AS (
    SELECT DISTINCT a.day
    FROM used AS u
    JOIN reach AS r USING (measure)
    JOIN all_days AS a
        ON a.day BETWEEN u.day AND u.day + r.days
        OR (r.month AND date_trunc('month', a.day) BETWEEN date_trunc('month', u.day) AND u.day + r.days)
),

found AS (SELECT day FROM counts UNION SELECT day FROM changed_days)

SELECT day FROM found
UNION
SELECT a.day FROM all_days AS a JOIN found AS f ON $month AND date_trunc('month', a.day) = date_trunc('month', f.day)
