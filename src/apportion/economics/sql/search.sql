-- Customers, services and teams whose id or name holds the text, those that begin with it first.
WITH found AS (
    SELECT DISTINCT 'customer' AS kind, customer_id AS id, customer_name AS label FROM customers
    UNION
    SELECT DISTINCT 'customer', target, target FROM allocations
        WHERE perspective = $perspective AND target_kind = 'allocated' AND target NOT IN (SELECT customer_id FROM customers)
    UNION
    SELECT DISTINCT 'service', {service}, {service} FROM daily_costs WHERE {service} <> '(none)'
    UNION
    SELECT DISTINCT 'team', {team}, {team} FROM daily_costs WHERE {team} <> '(none)'
)
SELECT kind, id, label FROM found
WHERE CONTAINS(LOWER(id), LOWER($text)) OR CONTAINS(LOWER(label), LOWER($text))
ORDER BY NOT (STARTS_WITH(LOWER(id), LOWER($text)) OR STARTS_WITH(LOWER(label), LOWER($text))), LOWER(label), kind, id
LIMIT 10
