-- The steps of one day that lie between a node and a target: those of every node that cost from there can reach,
-- to other nodes and to the target itself.
WITH RECURSIVE day AS MATERIALIZED (
    SELECT node, rule, method, "to", target_kind, target, evidence, measure, keys, quantity, total, basis_from, basis_to,
        weight, whole
    FROM steps
    WHERE perspective = $perspective AND period = $period AND day = $day
        AND (target_kind = 'node' OR (target_kind = $target_kind AND target = $target))
),

reached AS (
    SELECT $node AS node
    UNION
    SELECT day.target FROM reached JOIN day USING (node) WHERE day.target_kind = 'node'
)

SELECT day.* FROM day JOIN reached USING (node) ORDER BY node, target_kind, target, rule, measure
