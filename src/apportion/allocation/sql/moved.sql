-- What was passed on under one rule, with the nodes it goes to; and where, and on which days, cost goes on from.
INSERT INTO passes
SELECT
    p.* REPLACE (
        CASE kind WHEN 'to' THEN 'allocated' ELSE kind END AS kind,
        CASE kind WHEN 'unallocated' THEN '(unallocated)' ELSE target END AS target
    ),
    $rule,
    m.next
FROM passed AS p
LEFT JOIN moves AS m USING (node, kind, target);

INSERT INTO reached
SELECT DISTINCT m.next, p.day FROM passed AS p JOIN moves AS m USING (node, kind, target)
