-- What is asked of, by day of the report's time zone, in the window and the one before.
SELECT day AS start, now, {figures}
FROM asked GROUP BY ALL ORDER BY start
