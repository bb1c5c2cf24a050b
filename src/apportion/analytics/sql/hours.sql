-- Each charge's part of a day on the hours it covers of that day: spread by time, in whole units of 10⁻¹²
-- as differences of running totals, so that the hours of a charge add up to its day.
SELECT * REPLACE (
    CAST(
        CAST(part // 1000000000000 AS DECIMAL(26, 0))
        + CAST(part % 1000000000000 AS DECIMAL(13, 0)) * CAST(0.000000000001 AS DECIMAL(13, 12))
        AS DECIMAL(28, 12)
    ) AS {metric}
)
FROM (
    SELECT *, units * after // total - units * before // total AS part
    FROM (
        SELECT *,
            GREATEST(0, hour - began)::HUGEINT AS before,
            LEAST(total, hour + 3600 - began)::HUGEINT AS after
        FROM (
            SELECT *, UNNEST(RANGE(began // 3600 * 3600, began + total::BIGINT, 3600)) AS hour
            FROM (
                SELECT *,
                    CAST(COALESCE({metric}, 0) * 1000000000000 AS HUGEINT) AS units,
                    GREATEST(
                        epoch_us(ChargePeriodStart) // 1000000, epoch_us(day::TIMESTAMP) // 1000000
                    ) AS began,
                    GREATEST(
                        1,
                        LEAST(epoch_us({charge_end}) // 1000000, epoch_us(day::TIMESTAMP) // 1000000 + 86400) - began
                    )::HUGEINT AS total
                FROM bounded
            )
        )
    )
)
