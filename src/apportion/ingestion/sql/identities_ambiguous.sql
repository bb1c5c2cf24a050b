-- Names that mean another customer in an earlier row; a customer's id is a name of its own.
WITH named AS (
    SELECT trim(customer_id) AS customer_id, 'value' AS field, value, file, line FROM ($rows)
    UNION ALL
    SELECT trim(customer_id), 'customer_id', customer_id, file, line FROM ($rows)
),

first AS (
    SELECT
        *,
        first_value(customer_id) OVER same AS owner,
        first_value(file) OVER same AS owner_file,
        first_value(line) OVER same AS owner_line
    FROM named
    WINDOW same AS (PARTITION BY lower(trim(value)) ORDER BY file, line, field DESC)
)

SELECT file, line, field, value, concat(owner_file, ' line ', owner_line) AS place, owner
FROM first
WHERE customer_id <> owner
ORDER BY file, line
