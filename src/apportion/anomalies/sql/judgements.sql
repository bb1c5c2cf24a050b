-- One month of judgements: those that stand, and new ones with the amounts that they are about.
CREATE OR REPLACE TEMP TABLE month_judged AS
WITH joined AS (
    $before
    SELECT $$grain AS grain, $$period AS period, n.grouping, n.key, n.currency, $$metric AS metric, $$run AS run_id,
        CAST(j.step AS TIMESTAMPTZ) AS step, $$now::TIMESTAMPTZ AS judged_at, j.backfilled,
        a.amount AS seen, b.amount AS seen_before, c.amount AS seen_before_that,
        j.score, j.expected, j.lower, j.upper, j.lag, j.since, j.channel
    FROM judged AS j
    JOIN named AS n USING (series)
    JOIN numbered AS m USING (series)
    LEFT JOIN levels AS a ON a.step = j.step
        AND a.grouping = m.grouping AND a.currency = m.currency AND a.key = m.key
    LEFT JOIN levels AS b ON b.step = j.step - to_seconds($$pace)
        AND b.grouping = m.grouping AND b.currency = m.currency AND b.key = m.key
    LEFT JOIN levels AS c ON c.step = j.step - to_seconds(2 * $$pace)
        AND c.grouping = m.grouping AND c.currency = m.currency AND c.key = m.key
    WHERE strftime(j.step, '%Y-%m') = $$period AND j.expected IS NOT NULL
)
SELECT * FROM joined
QUALIFY row_number() OVER (PARTITION BY grouping, key, currency, metric, step ORDER BY judged_at) = 1
ORDER BY step, grouping, key, currency
