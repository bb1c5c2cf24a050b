-- What is asked of by its keys, the dearest first: each beside what it cost in the window before, and what it
-- yielded in each unit of output. Who is dearest is found first, as there may be as many groups as operations.
, dearest AS (
    SELECT {keys}, SUM(paid) AS rank_cost, SUM(calls) AS rank_calls, COUNT(*) OVER () AS groups
    FROM asked WHERE now GROUP BY {keys}
    ORDER BY rank_cost DESC NULLS LAST, rank_calls DESC, {keys} LIMIT $most
), found AS (
    SELECT {keys}, now, {figures} FROM asked SEMI JOIN dearest USING ({keys}) GROUP BY {keys}, now
), by_unit AS (
    SELECT {keys}, {yields} FROM asked SEMI JOIN dearest USING ({keys}) WHERE now AND units IS NOT NULL GROUP BY ALL
), yielded AS (
    SELECT {keys}, LIST(STRUCT_PACK(unit := unit_of, units := units_of, cost := cost_of, tokens := tokens_of)
        ORDER BY unit_of) AS yields
    FROM by_unit GROUP BY ALL
), before AS (
    SELECT {keys}, cost AS cost_before, operations AS operations_before FROM found WHERE NOT now
)
SELECT standing.*, dearest.groups, before.* EXCLUDE ({keys}), yielded.yields
FROM dearest
JOIN (SELECT * EXCLUDE (now) FROM found WHERE now) AS standing USING ({keys})
LEFT JOIN before USING ({keys}) LEFT JOIN yielded USING ({keys})
ORDER BY rank_cost DESC NULLS LAST, rank_calls DESC, {keys}
