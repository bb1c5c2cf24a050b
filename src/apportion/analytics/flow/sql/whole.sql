-- All cost of the window as it was charged, and as it was placed: what the columns are checked against.
SELECT
    (
        SELECT COALESCE(SUM({metric}), 0) FROM daily_costs
        WHERE currency = $currency AND day >= $start AND day < $end
    ) AS charged,
    (
        SELECT COALESCE(SUM({metric}), 0) FROM allocations
        WHERE perspective = $perspective AND currency = $currency AND day >= $start AND day < $end
    ) AS placed
