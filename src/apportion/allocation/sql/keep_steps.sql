INSERT INTO steps
SELECT
    $perspective, strftime(s.day, '%Y-%m'), s.day, n.label, coalesce(r.rule, ''), coalesce(r.method, ''), n.moves_to,
    CASE WHEN s.next IS NULL THEN s.kind ELSE 'node' END, coalesce(m.label, s.target), s.evidence, s.measure, s.keys,
    s.quantity, s.total, s.basis_from, s.basis_to, s.weight, s.whole
FROM passes AS s
JOIN nodes AS n USING (node)
LEFT JOIN nodes AS m ON m.node = s.next
LEFT JOIN rules AS r ON r.number = CAST(s.rule AS VARCHAR)
