    SELECT
        *,
        $source AS source,
        $period AS billing_period,
        $amortized AS amortized,
        $start AS month_start,
        $end AS month_end
    FROM ($rows)
