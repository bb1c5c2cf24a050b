-- Usage with the customer that the identity map means. A row's map is made anew only where the name is another.
WITH identity AS ($identities)

SELECT rows.* REPLACE (
    CASE
        WHEN identity.customer_id <> rows.dimensions[identity.dimension]
            THEN map_concat(rows.dimensions, MAP {identity.dimension: identity.customer_id})
        ELSE rows.dimensions
    END AS dimensions)
FROM ($rows) AS rows
LEFT JOIN identity
    ON identity.alias = lower(trim(rows.dimensions[(SELECT any_value(dimension) FROM identity)]))
