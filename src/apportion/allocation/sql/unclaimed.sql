-- What no rule takes stays unallocated, or idle.
INSERT INTO passes BY NAME
SELECT
    node, day, stays AS kind, '(' || stays || ')' AS target, 'direct' AS evidence, '' AS measure, MAP {} AS keys,
    day AS basis_from, day AS basis_to, 1 AS weight, 1 AS whole
FROM ahead
JOIN nodes USING (node)
WHERE rule IS NULL
