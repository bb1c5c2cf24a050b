-- The names of customers, as the ledger keeps them: each name once, among them every customer's own id.
WITH named AS (
    SELECT trim(customer_id) AS customer_id, coalesce(kind, '') AS kind, trim(value) AS value, file, line
    FROM ($rows)
    UNION ALL
    SELECT trim(customer_id), 'customer', trim(customer_id), file, line FROM ($rows)
)

SELECT
    customer_id,
    kind,
    value,
    lower(value) AS alias,
    $dimension AS dimension,
    $load AS x_LoadId,
    file AS x_SourceFile,
    line AS x_SourceLine
FROM named
QUALIFY row_number() OVER (PARTITION BY lower(value) ORDER BY kind = 'customer', file, line) = 1
ORDER BY alias
