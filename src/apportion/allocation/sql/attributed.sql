-- What the rules attribute that do not wait for others, in whole units: the weights of `attributed`. Credits
-- take from it, whether they name their target or are divided.
CREATE OR REPLACE TEMP TABLE attributed AS
SELECT
    p.day, p.currency, t.target,
    sign(p.effective) * (abs(p.effective) // s.whole * s.weight + abs(p.effective) % s.whole * s.weight // s.whole)
        AS effective
FROM pools_at AS p
JOIN final_shares AS s USING (day, node)
JOIN targets AS t USING (target_id)
WHERE t.kind = 'allocated'
UNION ALL
SELECT day, currency, target, effective FROM results
WHERE perspective = $perspective AND target_kind = 'allocated'
