-- Cost of one way of cutting, by step.
INSERT INTO levels
SELECT $grouping AS grouping, currency, [$keys] AS key, step, SUM(amount) AS amount
FROM $cells
GROUP BY ALL
