-- What is asked of as a whole, and its cost in the window before.
SELECT
    {figures},
    (SELECT SUM(paid) FROM asked WHERE NOT now) AS cost_before,
    (SELECT COUNT(*) FROM asked WHERE NOT now) AS operations_before
FROM asked WHERE now
