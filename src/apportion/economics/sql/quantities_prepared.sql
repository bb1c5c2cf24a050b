-- How much of each measure a customer or a service used in the window, from the sums a server keeps.
SELECT measure, SUM(quantity) AS quantity
FROM usage_days
WHERE day >= $start AND day < $end AND dimension = $dimension AND value = $value
GROUP BY measure
ORDER BY measure
