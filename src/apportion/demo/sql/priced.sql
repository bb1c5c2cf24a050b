-- Amounts and times as a bill shows them: 10⁻¹⁰ dollars, 10⁻⁶ of a unit, whole hours UTC.
CREATE TEMP TABLE amounts AS
SELECT
    line, period,
    make_timestamp("start" * 3600000000) AS charge_start,
    make_timestamp("end" * 3600000000) AS charge_end,
    make_timestamp(period // 100, period % 100, 1, 0, 0, 0) AS month_start,
    CAST(nullif(quantity, 0) AS DECIMAL(18, 0)) * CAST('0.000001' AS DECIMAL(6, 6)) AS quantity,
    CAST(list AS DECIMAL(18, 0)) * CAST('0.0000000001' AS DECIMAL(10, 10)) AS list_cost,
    CAST(contracted AS DECIMAL(18, 0)) * CAST('0.0000000001' AS DECIMAL(10, 10)) AS contracted_cost,
    CAST(billed AS DECIMAL(18, 0)) * CAST('0.0000000001' AS DECIMAL(10, 10)) AS billed_cost,
    CAST(effective AS DECIMAL(18, 0)) * CAST('0.0000000001' AS DECIMAL(10, 10)) AS effective_cost
FROM rows;

-- What the charges of one resource and price have in common.
CREATE TEMP TABLE offers AS
SELECT
    * EXCLUDE (list_price, contracted_price),
    CAST(nullif(list_price, 0) AS DECIMAL(18, 0)) * CAST('0.0000000001' AS DECIMAL(10, 10)) AS list_unit_price,
    CAST(nullif(contracted_price, 0) AS DECIMAL(18, 0)) * CAST('0.0000000001' AS DECIMAL(10, 10))
        AS contracted_unit_price
FROM lines;
