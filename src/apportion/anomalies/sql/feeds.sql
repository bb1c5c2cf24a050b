-- Until when each series is known: its cost comes from these sources, and what one has not delivered is not zero.
SELECT series, MIN(until) AS until
FROM (
    SELECT n.series, c.source, u.until, SUM(SUM(ABS(c.amount))) OVER (PARTITION BY n.series) AS whole,
        SUM(ABS(c.amount)) AS part
    FROM $cells AS c
    JOIN numbered AS n ON n.grouping = $grouping AND n.currency = c.currency AND n.key = [$keys]
    JOIN (SELECT source, MAX(step) AS until FROM cells GROUP BY source) AS u USING (source)
    WHERE c.step >= $recent
    GROUP BY n.series, c.source, u.until
)
WHERE part * 10 >= whole
GROUP BY series
