-- The day whose usage divides a pool: its own, or the nearest before it within the days a rule allows.
CREATE OR REPLACE TEMP TABLE basis AS
WITH pool AS (
    SELECT DISTINCT $pool_keys day FROM claimed WHERE rule_no = $rule_no
),

days AS (SELECT DISTINCT $keys day FROM shares),

nearest AS (
    SELECT pool.day, $pool_dot max(days.day) AS basis_day
    FROM pool
    LEFT JOIN days ON $same days.day BETWEEN pool.day - $back AND pool.day
    GROUP BY ALL
)

SELECT *, basis_day < day AS carried FROM nearest
