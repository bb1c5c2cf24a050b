-- Items of revenue, as the ledger keeps them.
SELECT
    customer_id,
    kind,
    amount,
    currency,
    start_date,
    end_date,
    description,
    $load AS x_LoadId,
    file AS x_SourceFile,
    line AS x_SourceLine
FROM ($rows)
ORDER BY customer_id, start_date, file, line
