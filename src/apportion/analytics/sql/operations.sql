-- Operations with the customer that the identity map means, whatever name it was given.
CREATE OR REPLACE VIEW operations AS
WITH identity AS (SELECT alias, any_value(customer_id) AS customer_id FROM identities WHERE dimension = 'customer' GROUP BY alias)
SELECT told.* REPLACE (coalesce(identity.customer_id, told.customer) AS customer)
FROM told_operations AS told
LEFT JOIN identity ON identity.alias = lower(trim(told.customer))
