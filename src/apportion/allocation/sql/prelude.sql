-- Exact arithmetic. Money is DECIMAL with twelve places; a unit is 10⁻¹² of a currency, a whole number.
CREATE OR REPLACE MACRO units(amount) AS CAST(amount * 1000000000000 AS HUGEINT);

-- The same for quantities, which may have 26 digits before the point; few have, and divisions of 128 bits are slow.
CREATE OR REPLACE MACRO units_used(quantity) AS CASE
    WHEN quantity < 10000000000000 THEN units(quantity)
    ELSE CAST(trunc(quantity) AS HUGEINT) * 1000000000000
        + CAST((quantity - trunc(quantity)) * 1000000000000 AS HUGEINT)
END;

-- A product with 10⁻¹² of type DECIMAL(12, 12) only moves the point.
CREATE OR REPLACE MACRO money(whole) AS CAST(
    CAST(whole AS DECIMAL(26, 0)) * CAST(0.000000000001 AS DECIMAL(12, 12)) AS DECIMAL(28, 12));

-- What of `amount` has been reached after `done` of `total` seconds; the differences of it add up exactly.
CREATE OR REPLACE MACRO reached(amount, done, total) AS units(amount) * done // total;
