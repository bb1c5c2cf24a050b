-- What each entity of a budget cost, day by day: $keys are the fields it is for, $relation the results of the run.
SELECT $keys day::DATE AS day, sum($metric) AS amount
FROM $relation
WHERE day >= $$first AND day < $$after AND currency = $$currency AND $condition
GROUP BY ALL
ORDER BY ALL
