-- Revenue with the customer that the identity map means.
WITH identity AS ($identities)

SELECT rows.* REPLACE (coalesce(identity.customer_id, rows.customer_id) AS customer_id)
FROM ($rows) AS rows
LEFT JOIN identity ON identity.alias = lower(trim(rows.customer_id))
