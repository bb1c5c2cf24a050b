-- Divide each pool among the final targets of its node, once and to the last unit: floors first, then the units
-- left over to the largest remainders, ties by target name. With rest < whole < 10¹⁹ no product exceeds 128
-- bits. Divisions of 128 bits are slow, so what is the same for all targets of a pool is divided once.
CREATE OR REPLACE TEMP TABLE parts AS
WITH wholes AS (
    SELECT day, node, any_value(whole) AS whole, count(*) AS targets FROM final_shares GROUP BY ALL
),

pool AS (
    SELECT
        p.id, p.node, p.day, w.whole, w.targets, p.billed, p.effective,
        abs(p.billed) // w.whole AS billed_each, abs(p.billed) % w.whole AS billed_rest,
        abs(p.effective) // w.whole AS effective_each, abs(p.effective) % w.whole AS effective_rest
    FROM pools_at AS p
    JOIN wholes AS w USING (day, node)
),

divided AS (
    SELECT
        p.*, s.target_id, s.weakness, s.weight,
        p.billed_rest * s.weight // p.whole AS billed_more,
        p.effective_rest * s.weight // p.whole AS effective_more
    FROM pool AS p
    JOIN final_shares AS s USING (day, node)
    WHERE p.targets > 1
),

floors AS (
    SELECT
        id, target_id, weakness, billed, effective,
        billed_each * weight + billed_more AS billed_floor,
        billed_rest * weight - billed_more * whole AS billed_rest,
        effective_each * weight + effective_more AS effective_floor,
        effective_rest * weight - effective_more * whole AS effective_rest
    FROM divided
),

lefts AS (
    SELECT
        id,
        abs(any_value(billed)) - sum(billed_floor) AS billed_left,
        abs(any_value(effective)) - sum(effective_floor) AS effective_left
    FROM floors
    GROUP BY id
),

ranked AS (
    SELECT
        * EXCLUDE (billed_rest, effective_rest),
        row_number() OVER (PARTITION BY id ORDER BY billed_rest DESC, target_id, weakness) AS billed_rank,
        row_number() OVER (PARTITION BY id ORDER BY effective_rest DESC, target_id, weakness) AS effective_rank
    FROM floors
)

SELECT
    id, target_id, weakness,
    CASE WHEN billed < 0 THEN -1 ELSE 1 END
        * (billed_floor + CASE WHEN billed_rank <= billed_left THEN 1 ELSE 0 END) AS billed,
    CASE WHEN effective < 0 THEN -1 ELSE 1 END
        * (effective_floor + CASE WHEN effective_rank <= effective_left THEN 1 ELSE 0 END) AS effective
FROM ranked JOIN lefts USING (id)
UNION ALL
SELECT p.id, s.target_id, s.weakness, p.billed, p.effective
FROM pool AS p
JOIN final_shares AS s USING (day, node)
WHERE p.targets = 1
