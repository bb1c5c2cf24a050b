-- Cost that carries a name goes there.
INSERT INTO passed BY NAME
SELECT
    node, a.day, CASE WHEN $final AND n.$to = '(none)' THEN 'unallocated' ELSE 'to' END AS kind, n.$to AS target,
    'direct' AS evidence, '' AS measure, MAP {} AS keys, a.day AS basis_from, a.day AS basis_to, 1 AS weight, 1 AS whole
FROM ahead AS a
JOIN nodes AS n USING (node)
WHERE n.rule = $rule
