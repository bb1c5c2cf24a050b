-- What is asked of, by day or month of the report's time zone.
SELECT DATE_TRUNC($grain, day)::DATE AS start, {figures}
FROM asked WHERE now GROUP BY ALL ORDER BY start
