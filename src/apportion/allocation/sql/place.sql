-- The divided pools join the results.
INSERT INTO results
SELECT
    $perspective, $origin, t.kind, t.target, r.rule, r.method, n.label, CASE d.weakness WHEN 0 THEN 'direct' WHEN 1 THEN 'measured' ELSE 'assumed' END, d.billed, d.effective
FROM parts AS d
JOIN pools_at AS p USING (id)
JOIN targets AS t USING (target_id)
JOIN nodes AS n ON n.node = p.node
JOIN rules AS r ON r.number = CAST(n.rule AS VARCHAR)
