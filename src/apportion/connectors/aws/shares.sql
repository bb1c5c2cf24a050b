-- Exact shares of an amount: weight of whole, rounded down to 10⁻¹²; TEMP, for they end with the load.
CREATE OR REPLACE TEMP MACRO units(amount) AS CAST(amount * 1000000000000 AS HUGEINT);
CREATE OR REPLACE TEMP MACRO share(amount, weight, whole) AS
    CAST(CAST(units(amount) * weight // whole AS DECIMAL(26,0)) * 0.000000000001 AS DECIMAL(28,12));
