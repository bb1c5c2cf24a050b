-- What was said of the series that are there now.
SELECT n.series, CAST(j.step AS TIMESTAMP) AS step, CAST(j.seen AS DOUBLE) AS seen, j.score, j.expected, j.lower, j.upper
FROM read_parquet([$files], hive_partitioning = false) AS j
JOIN named AS n USING (grouping, key, currency)
WHERE j.metric = $$metric AND j.step BETWEEN $$start AND $$end
