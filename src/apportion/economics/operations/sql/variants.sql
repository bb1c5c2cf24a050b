-- Variants of a prompt: their figures, and sums of squares for intervals. Cost is squared in whole 10⁻⁹ of a
-- currency unit, value in whole 10⁻⁴, so that the squares of a million operations fit.
, counted AS (
    SELECT *, CAST(paid * 1000000000 AS HUGEINT) AS paid_whole, CAST(value * 10000 AS HUGEINT) AS value_whole
    FROM asked WHERE now
)
SELECT {keys}, {figures},
    COUNT(value) AS valued,
    SUM(paid_whole) AS paid_sum, SUM(paid_whole * paid_whole) AS paid_squares,
    SUM(value_whole) AS value_sum, SUM(value_whole * value_whole) AS value_squares
FROM counted GROUP BY ALL
ORDER BY SUM(paid) / NULLIF(COUNT(paid), 0) NULLS LAST, {keys}
LIMIT $most
