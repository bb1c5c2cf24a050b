-- What no rule takes stays unallocated.
INSERT INTO passes BY NAME
SELECT
    node, day, 'unallocated' AS kind, '(unallocated)' AS target, 'direct' AS evidence, '' AS measure, MAP {} AS keys,
    day AS basis_from, day AS basis_to, 1 AS weight, 1 AS whole
FROM ahead
JOIN nodes USING (node)
WHERE rule IS NULL
