-- A day of operations, in the order in which they are asked for.
COPY (
    SELECT $columns
    FROM told_operations
    WHERE time >= CAST($day AS TIMESTAMPTZ) AND time < CAST($day AS TIMESTAMPTZ) + INTERVAL 1 DAY
    ORDER BY customer, feature, time, operation_id
) TO $path (FORMAT parquet, COMPRESSION zstd)
