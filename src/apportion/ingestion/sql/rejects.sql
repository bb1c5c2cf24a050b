-- Broken rows, each column at fault with its text.
SELECT x_SourceLine AS line, map_entries(x_Columns) AS faults
FROM read_parquet(?)
WHERE x_Repairs = ?
ORDER BY line
LIMIT ?
