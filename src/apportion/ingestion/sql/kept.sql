-- Usage in the ledger of the days outside a span, as the files of connectors write it.
SELECT
    strftime("time", '%Y-%m-%dT%H:%M:%SZ') AS $time,
    CAST(quantity AS VARCHAR) AS $quantity$answers
FROM $usage
WHERE day < CAST($start AS DATE) OR day >= CAST($end AS DATE)
