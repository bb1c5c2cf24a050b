-- Idle and unclaimed cost, and cost that carries its target's name, need no shares.
INSERT INTO results
WITH known AS (
    SELECT
        p.*, r.rule, r.method,
        CASE WHEN chain <> '' AND $to <> '(none)' THEN 'allocated' WHEN chain = '' AND idle THEN 'idle' ELSE 'unallocated' END
            AS kind
    FROM pools AS p
    JOIN rules AS r ON r.number = string_split(p.chain, ',')[1]
    WHERE r.at_once AND p.day IN (FROM run_days)
)

SELECT
    $perspective, $origin, kind,
    CASE kind WHEN 'allocated' THEN $to WHEN 'idle' THEN '(idle)' ELSE '(unallocated)' END,
    rule, method, '', CASE WHEN chain = '' THEN '' ELSE 'direct' END, billed, effective
FROM known
