-- Which months a billing export holds, how many lines of each, and when they were exported.
SELECT
    $month AS month,
    CAST(COUNT(*) AS STRING) AS row_count,
    FORMAT_TIMESTAMP('%FT%H:%M:%E6SZ', MIN($exported)) AS oldest,
    FORMAT_TIMESTAMP('%FT%H:%M:%E6SZ', MAX($exported)) AS newest
FROM `$table`
GROUP BY month
ORDER BY month
