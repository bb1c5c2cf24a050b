-- What operations cost by name, beside what was earned in that name on the same days.
, cost_of AS (
    SELECT key_0 AS name, {figures} FROM asked WHERE now GROUP BY ALL
), earned AS (
    {earned}
), of_customers AS (
    {of_customers}
)
SELECT COALESCE(cost_of.name, earned.name) AS name, labels.label, cost_of.* EXCLUDE (name),
    earned.revenue, earned.elsewhere, of_customers.revenue AS customers_revenue
FROM cost_of
FULL JOIN earned ON earned.name = cost_of.name
LEFT JOIN of_customers ON of_customers.name = cost_of.name
LEFT JOIN ({labels}) AS labels ON labels.name = COALESCE(cost_of.name, earned.name)
ORDER BY cost_of.cost DESC NULLS LAST, earned.revenue DESC NULLS LAST, 1
