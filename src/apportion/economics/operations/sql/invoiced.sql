-- What was charged for them, by day and by what the charges say of the model.
SELECT day, {model} AS model, SUM({metric}) AS invoiced
FROM daily_costs
WHERE currency = $currency AND {charges} AND day >= $start AND day < $end
GROUP BY ALL
