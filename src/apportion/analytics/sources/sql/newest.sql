-- The last day on which a charge begins.
SELECT CAST(max(ChargePeriodStart) AT TIME ZONE 'UTC' AS DATE) AS newest
FROM read_parquet($files, hive_partitioning = false)
