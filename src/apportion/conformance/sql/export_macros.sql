-- A price from a cost and a quantity, exact to twelve places, rounded half away from zero; null where that has too many
-- digits. Whole units of 10⁻¹² keep floats out of it.
CREATE OR REPLACE MACRO in_units(amount) AS
    CAST(TRY_CAST(abs(amount) AS DECIMAL(25, 12)) * 1000000000000 AS HUGEINT);
CREATE OR REPLACE MACRO quotient(cost, quantity) AS
    CASE
        WHEN quantity <> 0 AND abs(cost) < 10000000000000 AND abs(quantity) < 10000000000000
            THEN CASE WHEN (cost < 0) <> (quantity < 0) THEN -1 ELSE 1 END * TRY_CAST(TRY_CAST(
                (2 * in_units(cost) * 1000000000000 + in_units(quantity)) // (2 * in_units(quantity)) AS DECIMAL(26, 0)
            ) * CAST(0.000000000001 AS DECIMAL(12, 12)) AS DECIMAL(38, 12))
    END;

-- The unit price as the bill has it where it gives the cost and is not negative; else what cost and quantity make it.
CREATE OR REPLACE MACRO unit_price(price, quantity, cost) AS
    CASE
        WHEN price >= 0 AND (quantity IS NULL OR NOT multiplies(price, quantity)) THEN price
        WHEN price >= 0 AND is_product(price, quantity, cost) THEN price
        WHEN quantity IS NULL THEN abs(price)
        WHEN quantity = 0 THEN CASE WHEN cost = 0 THEN 0 END
        ELSE quotient(cost, quantity)
    END;

CREATE OR REPLACE MACRO listed(value, known) AS CASE WHEN list_contains(known, value) THEN value END;

-- SkuPriceDetails whose unknown keys begin with x_.
CREATE OR REPLACE MACRO with_custom_keys(j) AS
    '{' || array_to_string([
        to_json(CASE WHEN sku_keys_known('{' || to_json(e.key) || ':0}') THEN e.key ELSE 'x_' || e.key END)
        || ':' || e.value
        FOR e IN map_entries(CAST(CAST(j AS JSON) AS MAP(VARCHAR, JSON)))
    ], ',') || '}';
