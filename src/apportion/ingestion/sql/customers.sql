-- Customers, as the ledger keeps them.
SELECT
    customer_id,
    coalesce(customer_name, customer_id) AS customer_name,
    plan,
    status,
    start_date,
    end_date,
    others AS attributes,
    $load AS x_LoadId,
    file AS x_SourceFile,
    line AS x_SourceLine
FROM ($rows)
ORDER BY customer_id
