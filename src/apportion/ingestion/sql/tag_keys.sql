-- How many rows carry each tag key.
SELECT key, count(*) AS rows
FROM (SELECT unnest(map_keys(Tags)) AS key FROM read_parquet(?))
GROUP BY key
ORDER BY rows DESC, key
LIMIT 1000
