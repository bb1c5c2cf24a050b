-- What is asked of by its keys, the dearest first, each beside what it cost in the window before.
, before AS (
    SELECT {keys}, SUM(paid) AS cost_before, COUNT(*) AS operations_before FROM asked WHERE NOT now GROUP BY ALL
), groups AS (
    SELECT {keys}, {figures} FROM asked WHERE now GROUP BY ALL
)
SELECT groups.*, before.* EXCLUDE ({keys}), COUNT(*) OVER () AS groups
FROM groups LEFT JOIN before USING ({keys})
ORDER BY cost DESC NULLS LAST, operations DESC, {keys}
LIMIT $most
