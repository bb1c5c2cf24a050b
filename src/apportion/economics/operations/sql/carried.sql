LEFT JOIN (
        SELECT name AS overhead_name, day AS overhead_day, share AS overhead_share
        FROM operation_overhead WHERE currency = $currency
    )
    ON overhead_name = COALESCE({dimension}, '(none)') AND overhead_day = CAST(make_timestamp(epoch_us(time)) AS DATE)
