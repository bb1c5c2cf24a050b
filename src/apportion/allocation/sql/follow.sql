-- What follows other cost goes to the nodes where that cost is, in proportion to it.
INSERT INTO passed
SELECT
    f.node, a.day, 'node' AS kind, CAST(f.next AS VARCHAR) AS target, 'measured' AS evidence, 'cost' AS measure,
    MAP {} AS keys, f.quantity, f.total, f.first AS basis_from, f.last AS basis_to, f.weight, f.whole
FROM ahead AS a
JOIN followed AS f USING (node)
JOIN nodes AS n USING (node)
WHERE n.rule = $rule
UNION ALL
SELECT
    a.node, a.day, 'unallocated', '(unallocated)', 'assumed', 'cost', MAP {}, NULL, NULL, a.day, a.day, 1, 1
FROM ahead AS a
JOIN nodes AS n USING (node)
WHERE n.rule = $rule AND a.node NOT IN (SELECT node FROM followed)
