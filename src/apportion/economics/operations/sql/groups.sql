-- What is asked of by its keys, the dearest first: each beside what it cost in the window before, and what it
-- yielded in each unit of output.
, groups AS (
    SELECT {keys}, {figures} FROM asked WHERE now GROUP BY ALL
), dearest AS (
    SELECT *, COUNT(*) OVER () AS groups FROM groups
    ORDER BY cost DESC NULLS LAST, operations DESC, {keys} LIMIT $most
), before AS (
    SELECT {keys}, SUM(paid) AS cost_before, CAST(SUM(calls) AS BIGINT) AS operations_before
    FROM asked SEMI JOIN dearest USING ({keys}) WHERE NOT now GROUP BY ALL
), by_unit AS (
    SELECT {keys}, {yields} FROM asked SEMI JOIN dearest USING ({keys}) WHERE now AND units IS NOT NULL GROUP BY ALL
), yielded AS (
    SELECT {keys}, LIST(STRUCT_PACK(unit := unit_of, units := units_of, cost := cost_of, tokens := tokens_of)
        ORDER BY unit_of) AS yields
    FROM by_unit GROUP BY ALL
)
SELECT dearest.*, before.* EXCLUDE ({keys}), yielded.yields
FROM dearest LEFT JOIN before USING ({keys}) LEFT JOIN yielded USING ({keys})
ORDER BY cost DESC NULLS LAST, operations DESC, {keys}
