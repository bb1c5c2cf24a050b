-- How many operations are asked of.
SELECT COUNT(*) AS operations FROM asked WHERE now
