-- What prices depend on, of each operation of the window that is asked of; times are UTC and without a zone,
-- which Python reads twice as fast. A report that does not say how many calls it adds up may say how long they were.
SELECT {keys,}paid, timezone('UTC', time) AS time, provider, service_tier, batch, requests, region, gpu_seconds,
    CASE WHEN requests IS NULL THEN struct_pack(context_window := dimensions['context_window']) END AS dimensions, {counts}
FROM asked WHERE now
