-- What was said of the series that are there now, and of which amounts.
SELECT n.series, CAST(j.step AS TIMESTAMP) AS step, CAST(j.seen AS DOUBLE) AS seen, j.score, j.expected, j.lower, j.upper,
    CASE WHEN NOT j.backfilled THEN CAST(j.seen AS DOUBLE) END AS seen_then,
    CASE WHEN NOT j.backfilled THEN CAST(j.seen_before AS DOUBLE) END AS seen_before,
    CASE WHEN NOT j.backfilled THEN CAST(j.seen_before_that AS DOUBLE) END AS seen_before_that
FROM read_parquet([$files], hive_partitioning = false) AS j
JOIN named AS n USING (grouping, key, currency)
WHERE j.metric = $$metric AND j.step BETWEEN $$start AND $$end
