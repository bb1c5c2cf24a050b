-- What the nodes in `pair` pass on by $shares: of their own day, or of the nearest before it that has use within
-- the days a rule allows. What has no use stays in `pair`.
CREATE OR REPLACE TEMP TABLE based AS
WITH known AS (SELECT DISTINCT $keys day FROM $shares)

SELECT pair.*, max(known.day) AS basis
FROM pair
LEFT JOIN known ON $same known.day BETWEEN pair.day - $back AND pair.day
GROUP BY ALL;

INSERT INTO passed
SELECT
    b.node,
    b.day,
    CASE
        WHEN $leaves_rest AND s.target = '(rest)' THEN 'rest'
        WHEN s.target IN $nobody THEN 'unallocated'
        WHEN s.target = '(idle)' THEN 'idle'
        ELSE 'to'
    END AS kind,
    s.target,
    CASE WHEN b.basis < b.day THEN 'assumed' ELSE $evidence END AS evidence,
    $measure AS measure,
    $by AS keys,
    s.quantity,
    s.total,
    $basis_from AS basis_from,
    $basis_to AS basis_to,
    CASE WHEN $part = 0 THEN s.weight ELSE $part * s.weight // s.whole END AS weight,
    CASE WHEN $part = 0 THEN s.whole END AS whole
FROM based AS b
JOIN $shares AS s ON $same_share s.day = b.basis;

CREATE OR REPLACE TEMP TABLE pair AS SELECT * EXCLUDE (basis) FROM based WHERE basis IS NULL
