-- Days far from the same weekdays of four weeks around: the distance of the logarithms in robust deviations.
WITH whole AS (SELECT measure, day, sum(quantity) AS quantity FROM doubted GROUP BY ALL),

series AS (
    SELECT measure, NULL AS target, day, quantity FROM whole
    UNION ALL
    SELECT measure, target, day, quantity FROM doubted WHERE target <> '(none)'
),

positive AS (SELECT *, ln(CAST(quantity AS DOUBLE)) AS size FROM series WHERE quantity > 0),

compared AS (
    SELECT
        one.measure, one.target, one.day, one.quantity, one.size,
        median(other.size) AS middle,
        greatest(0.05, 1.4826 * mad(other.size)) AS spread
    FROM positive AS one
    JOIN positive AS other
        ON other.measure = one.measure
        AND other.target IS NOT DISTINCT FROM one.target
        AND other.day BETWEEN one.day - 28 AND one.day + 28
        AND other.day <> one.day
        AND isodow(other.day) = isodow(one.day)
    WHERE one.day >= $$start AND one.day < $$end
    GROUP BY ALL
    HAVING count(*) >= 3
)

SELECT
    compared.measure, compared.target, compared.day, compared.quantity,
    exp(middle) AS usual,
    greatest(exp(middle), CAST(compared.quantity AS DOUBLE)) / CAST(whole.quantity AS DOUBLE) AS share
FROM compared
JOIN whole USING (measure, day)
WHERE abs(size - middle) >= 6 * spread
    AND abs(size - middle) >= CASE WHEN target IS NULL THEN 0.4 ELSE 0.7 END
    AND (target IS NULL OR share >= 0.01)
ORDER BY target IS NOT NULL, share DESC, measure, day, target
