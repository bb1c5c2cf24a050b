-- Missing values of each column, from the files' own statistics.
SELECT path_in_schema AS "column", CAST(sum(stats_null_count) AS BIGINT) AS missing
FROM parquet_metadata(?)
WHERE len(string_split(path_in_schema, ', ')) = 1
GROUP BY path_in_schema
