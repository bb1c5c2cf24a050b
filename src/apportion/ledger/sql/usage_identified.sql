-- Usage with the customer that the identity map means. A row's map is made anew only where the name is mapped,
-- and value by value: map_concat takes ten times as long.
WITH identity AS ($identities)

SELECT rows.* REPLACE (
    CASE
        WHEN identity.customer_id IS NULL THEN rows.dimensions
        ELSE map(map_keys(rows.dimensions), list_transform(
            map_keys(rows.dimensions),
            lambda name: CASE WHEN name = $dimension THEN identity.customer_id ELSE rows.dimensions[name] END))
    END AS dimensions)
FROM ($rows) AS rows
LEFT JOIN identity ON identity.alias = lower(trim(rows.dimensions[$dimension]))
