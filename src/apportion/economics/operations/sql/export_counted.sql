-- How many operations are asked of, and how many of them have no cost.
SELECT COUNT(*) AS operations, COUNT(*) FILTER (WHERE cost IS NULL) AS without_cost FROM asked WHERE now
