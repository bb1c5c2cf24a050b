-- The operations that are asked of, in the window and the one before: where they belong, on which day they fell,
-- what was paid for them in the currency of the report.
WITH told AS (
    SELECT * FROM operations WHERE time >= $read_from AND time < $until
)
{filled}, asked AS (
    SELECT
        *,
        time >= $start AS now,
        {day} AS day,
        CASE WHEN currency = $currency THEN cost END AS paid,
        COALESCE(requests, 1) AS calls,
        {carried}
        {keyed}
    FROM {last} {carrying}
    WHERE {conditions}
)
