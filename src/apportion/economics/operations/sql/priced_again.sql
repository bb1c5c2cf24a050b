-- What prices depend on, of each operation of the window that is asked of; times are UTC and without a zone,
-- which Python reads twice as fast.
SELECT {keys,}paid, timezone('UTC', time) AS time, provider, service_tier, batch, requests, region, gpu_seconds, {counts}
FROM asked WHERE now
