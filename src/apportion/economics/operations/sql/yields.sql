-- What operations that name their output yielded in each unit, and what they cost and took.
COALESCE(unit, '(none)') AS unit_of,
SUM(units) AS units_of,
SUM(paid) AS cost_of,
SUM(COALESCE(input_tokens, 0) + COALESCE(output_tokens, 0))
    FILTER (WHERE input_tokens IS NOT NULL OR output_tokens IS NOT NULL) AS tokens_of
