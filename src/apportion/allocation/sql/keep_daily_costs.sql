-- Daily costs of before for the bills that are as they were, and `new_costs` for those that changed; where the two
-- differ is where days have to be run again.
CREATE OR REPLACE TEMP TABLE stored_costs AS FROM $stored;

CREATE OR REPLACE TEMP TABLE daily_costs AS
SELECT *, $flags FROM stored_costs
ANTI JOIN changed_bills AS b ON b.x_Source = source AND b.x_BillingPeriod = billing_period
UNION ALL BY NAME
FROM new_costs;

CREATE OR REPLACE TEMP TABLE changed_days AS
WITH old AS (
    SELECT day, source, billing_period, currency, $same, tests, line_items,
        BilledCost, EffectiveCost, ContractedCost, ListCost
    FROM stored_costs
    SEMI JOIN changed_bills AS b ON b.x_Source = source AND b.x_BillingPeriod = billing_period
),

new AS (
    SELECT day, source, billing_period, currency, $same, tests, line_items,
        BilledCost, EffectiveCost, ContractedCost, ListCost
    FROM new_costs
)

SELECT DISTINCT day FROM ((FROM old EXCEPT ALL FROM new) UNION ALL (FROM new EXCEPT ALL FROM old))
