-- One line for each of a run's sums, in a fixed order, and what all of them hash to.
SELECT sha256(coalesce(string_agg(line, chr(10) ORDER BY line), ''))
FROM (
    SELECT concat_ws(
        chr(31), perspective, source, billing_period, currency, target_kind, target, rule, evidence,
        CAST(billed AS VARCHAR), CAST(effective AS VARCHAR)
    ) AS line
    FROM result_sums
)
