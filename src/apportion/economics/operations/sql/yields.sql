-- What is asked of by its keys and unit of output.
SELECT {keys,}COALESCE(unit, '(none)') AS unit, SUM(units) AS units, COUNT(*) AS operations, SUM(paid) AS cost,
    SUM(COALESCE(input_tokens, 0) + COALESCE(output_tokens, 0))
        FILTER (WHERE input_tokens IS NOT NULL OR output_tokens IS NOT NULL) AS tokens
FROM asked WHERE now AND units IS NOT NULL GROUP BY ALL ORDER BY {keys,}unit
