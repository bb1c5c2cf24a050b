-- Divide each claimed pool among the targets of its shares, to the last unit: floors first, then the units
-- left over to the largest remainders, ties by target name. With rest < whole < 10¹⁹ no product exceeds 128
-- bits. Divisions of 128 bits are slow, so what is the same for all targets of a pool is divided once.
CREATE OR REPLACE TEMP TABLE parts AS
WITH wholes AS (
    SELECT DISTINCT day, $keys whole FROM shares
),

pool AS (
    SELECT
        c.id, b.basis_day, b.carried, $pool_keys w.whole, c.billed, c.effective,
        abs(c.billed) // w.whole AS billed_each, abs(c.billed) % w.whole AS billed_rest,
        abs(c.effective) // w.whole AS effective_each, abs(c.effective) % w.whole AS effective_rest
    FROM claimed AS c
    JOIN basis AS b ON $pool_of_basis
    JOIN wholes AS w ON w.day = b.basis_day AND $whole_of_basis
    WHERE c.rule_no = $rule_no
),

divided AS (
    SELECT
        p.*, s.target, s.weight,
        p.billed_rest * s.weight // p.whole AS billed_more,
        p.effective_rest * s.weight // p.whole AS effective_more
    FROM pool AS p
    JOIN shares AS s ON s.day = p.basis_day AND $share_of_pool
),

floors AS (
    SELECT
        id, target, carried, billed, effective,
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
        row_number() OVER (PARTITION BY id ORDER BY billed_rest DESC, target) AS billed_rank,
        row_number() OVER (PARTITION BY id ORDER BY effective_rest DESC, target) AS effective_rank
    FROM floors
)

SELECT
    id, target, carried,
    CASE WHEN billed < 0 THEN -1 ELSE 1 END
        * (billed_floor + CASE WHEN billed_rank <= billed_left THEN 1 ELSE 0 END) AS billed,
    CASE WHEN effective < 0 THEN -1 ELSE 1 END
        * (effective_floor + CASE WHEN effective_rank <= effective_left THEN 1 ELSE 0 END) AS effective
FROM ranked JOIN lefts USING (id)
