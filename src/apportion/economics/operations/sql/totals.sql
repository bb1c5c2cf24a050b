-- What is asked of as a whole, its cost in the window before, and what it yielded in each unit of output.
, by_unit AS (
    SELECT {yields} FROM asked WHERE now AND units IS NOT NULL GROUP BY ALL
)
SELECT
    {figures},
    (SELECT SUM(paid) FROM asked WHERE NOT now) AS cost_before,
    (SELECT COALESCE(CAST(SUM(calls) AS BIGINT), 0) FROM asked WHERE NOT now) AS operations_before,
    (SELECT LIST(STRUCT_PACK(unit := unit_of, units := units_of, cost := cost_of, tokens := tokens_of)
        ORDER BY unit_of) FROM by_unit) AS yields
FROM asked WHERE now
