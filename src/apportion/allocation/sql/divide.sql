-- Divide each claimed pool among the targets of its shares, to the last unit: floors first, then the units
-- left over to the largest remainders, ties by target name. With r < whole < 10¹⁹ no product exceeds 128 bits.
CREATE OR REPLACE TEMP TABLE parts AS
WITH divided AS (
    SELECT
        c.id, c.billed, c.effective, s.target, b.carried,
        abs(c.billed) // s.whole * s.weight + abs(c.billed) % s.whole * s.weight // s.whole AS billed_floor,
        abs(c.billed) % s.whole * s.weight % s.whole AS billed_rest,
        abs(c.effective) // s.whole * s.weight
            + abs(c.effective) % s.whole * s.weight // s.whole AS effective_floor,
        abs(c.effective) % s.whole * s.weight % s.whole AS effective_rest
    FROM claimed AS c
    JOIN basis AS b ON $pool_of_basis
    JOIN shares AS s ON s.day = b.basis_day AND $share_of_basis
    WHERE c.rule_no = $rule_no
),

ranked AS (
    SELECT
        *,
        abs(billed) - sum(billed_floor) OVER (PARTITION BY id) AS billed_left,
        abs(effective) - sum(effective_floor) OVER (PARTITION BY id) AS effective_left,
        row_number() OVER (PARTITION BY id ORDER BY billed_rest DESC, target) AS billed_rank,
        row_number() OVER (PARTITION BY id ORDER BY effective_rest DESC, target) AS effective_rank
    FROM divided
)

SELECT
    id, target, carried,
    CASE WHEN billed < 0 THEN -1 ELSE 1 END
        * (billed_floor + CASE WHEN billed_rank <= billed_left THEN 1 ELSE 0 END) AS billed,
    CASE WHEN effective < 0 THEN -1 ELSE 1 END
        * (effective_floor + CASE WHEN effective_rank <= effective_left THEN 1 ELSE 0 END) AS effective
FROM ranked
