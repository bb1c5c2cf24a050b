-- The series worth judging: those that once cost as much in one step as an anomaly must exceed the usual by.
CREATE OR REPLACE TEMP TABLE numbered AS
SELECT CAST(ROW_NUMBER() OVER (ORDER BY grouping, currency, key) - 1 AS BIGINT) AS series, grouping, currency, key
FROM levels
GROUP BY grouping, currency, key
HAVING MAX(ABS(amount)) >= $floor
