-- What prices depend on, of each operation of the window that is asked of.
SELECT {keys,}paid, time, provider, service_tier, batch, region, gpu_seconds, {counts}
FROM asked WHERE now
