-- Cost of each hour at the finest level that is watched, of charges that know their hour.
CREATE OR REPLACE TEMP TABLE cells AS
WITH bounded AS (
    SELECT * FROM charge_days
    WHERE epoch_us(ChargePeriodEnd) - epoch_us(ChargePeriodStart) <= 3600000000 AND $condition
)
SELECT currency, source, make_timestamp(hour * 1000000) AS day$fields, SUM($metric) AS amount
FROM ($hours)
GROUP BY ALL
