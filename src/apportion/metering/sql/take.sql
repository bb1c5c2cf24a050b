-- Rows of the state database instead of what was known of the same operations before. Whole units become money:
-- a product with 10⁻¹² of type DECIMAL(12, 12) only moves the point.
DELETE FROM recent_operations WHERE operation_id IN (SELECT operation_id FROM taken);

INSERT INTO recent_operations BY NAME
SELECT
    * EXCLUDE (own_keys, own_values) REPLACE (
        make_timestamptz(time) AS time,
        make_timestamptz(received) AS received,
        CAST(units AS DECIMAL(38, 12)) AS units,
        CAST(value AS DECIMAL(38, 12)) AS value,
        CAST(gpu_seconds AS DECIMAL(38, 12)) AS gpu_seconds,
        CAST(reported_cost AS DECIMAL(28, 12)) AS reported_cost,
        CAST(CAST(cost AS DECIMAL(26, 0)) * CAST(0.000000000001 AS DECIMAL(12, 12)) AS DECIMAL(28, 12)) AS cost
    ),
    map(own_keys, own_values) AS dimensions,
    strftime(make_timestamptz(time), '%Y-%m') AS period
FROM taken
