-- How much of each measure a customer or a service used in the window.
SELECT measure, SUM(quantity) AS quantity
FROM usage
WHERE day >= $start AND day < $end AND dimensions[$dimension] = $value
GROUP BY measure
ORDER BY measure
