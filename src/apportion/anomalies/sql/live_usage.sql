-- How much of a measure was used in each hour.
SELECT [$keys] AS key, date_trunc('hour', make_timestamp(epoch_us(time))) AS step,
    CAST(SUM(quantity) AS DECIMAL(38, 12)) AS quantity
FROM usage WHERE measure = $$measure AND time >= $$start AND time < $$end
GROUP BY ALL
ORDER BY ALL
