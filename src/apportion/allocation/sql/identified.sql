-- Charges with what names their customer, and the customer that the identity map means by it.
SELECT named.*, identities.customer_id AS x_Identity
FROM (SELECT *, $expression AS x_Name FROM charges) AS named
LEFT JOIN identities ON identities.alias = lower(trim(named.x_Name))
