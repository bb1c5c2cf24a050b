-- What the rules attribute that do not wait for others, in whole units: the weights of `attributed`.
CREATE OR REPLACE TEMP TABLE attributed AS
SELECT
    p.day, p.currency, t.target,
    p.effective // s.whole * s.weight + p.effective % s.whole * s.weight // s.whole AS effective
FROM pools_at AS p
JOIN final_shares AS s USING (day, node)
JOIN targets AS t USING (target_id)
WHERE t.kind = 'allocated' AND p.effective > 0
UNION ALL
SELECT day, currency, target, effective FROM results
WHERE perspective = $perspective AND target_kind = 'allocated'
