-- Cost of each step at the finest level that is watched; every series is a sum of these.
CREATE OR REPLACE TEMP TABLE cells AS
SELECT currency, source, step$fields, SUM(amount) AS amount
FROM $rows
GROUP BY ALL
