-- Cost of each day at the finest level that is watched; every series is a sum of these.
CREATE OR REPLACE TEMP TABLE cells AS
SELECT currency, source, day$fields, SUM($metric) AS amount
FROM charge_days
WHERE $condition
GROUP BY ALL
