-- The series worth judging: those that once cost as much in one step as an anomaly must exceed the usual by.
-- What has no name in a dimension is one by its service, account and SKU, where those are watched.
CREATE OR REPLACE TEMP TABLE numbered AS
SELECT CAST(ROW_NUMBER() OVER (ORDER BY grouping, currency, key) - 1 AS BIGINT) AS series, grouping, currency, key
FROM levels
GROUP BY grouping, currency, key
HAVING MAX(ABS(amount)) >= $floor AND NOT ($named AND list_contains(key, '$none'))
