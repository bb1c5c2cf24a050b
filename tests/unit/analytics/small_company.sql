-- A company of a few line items a day, with numbers one can add up in one's head.
-- July to September 2026; the default window, the last 30 days, is September.
-- A day in September: 323 = checkout 98 (100 less a credit of 2) + its staging 10 + acme's own 20
--   + shared-db 60 and 5 idle + search 40 + its staging 70 + cdn 12 + free-tier 0 + untagged 8.
-- Before September checkout costs 80 instead of 100. On 14 September search costs 400 more.
CREATE TABLE items AS SELECT * FROM (VALUES
    ('payments', 'checkout',  'production', '(none)', 'Amazon EC2',    'Compute',   'Usage',  'web-1',   60, 60, FALSE, 'production fleet'),
    ('payments', 'checkout',  'production', '(none)', 'Amazon EC2',    'Compute',   'Usage',  'web-2',   20, 40, FALSE, 'production fleet'),
    ('payments', 'checkout',  'production', '(none)', 'Amazon EC2',    'Compute',   'Credit', NULL,      -2, -2, FALSE, 'goodwill'),
    ('payments', 'checkout',  'staging',    '(none)', 'Amazon EC2',    'Compute',   'Usage',  'stage-1', 10, 10, FALSE, 'staging fleet'),
    ('payments', 'checkout',  'production', 'acme',   'Amazon EC2',    'Compute',   'Usage',  'acme-1',  20, 20, FALSE, 'dedicated fleet'),
    ('platform', 'shared-db', 'production', '(none)', 'Amazon RDS',    'Databases', 'Usage',  'db-1',    60, 60, FALSE, 'database hours'),
    ('platform', 'shared-db', 'production', '(none)', 'Amazon RDS',    'Databases', 'Usage',  'db-1',     5,  5, TRUE,  'unused reservation'),
    ('growth',   'search',    'production', '(none)', 'AWS Lambda',    'Compute',   'Usage',  'fn-1',    40, 40, FALSE, 'function seconds'),
    ('growth',   'search',    'staging',    '(none)', 'Amazon EC2',    'Compute',   'Usage',  'stage-2', 70, 70, FALSE, 'staging fleet'),
    ('platform', 'cdn',       'production', '(none)', 'CloudFront',    'Networking','Usage',  'cdn-1',   12, 12, FALSE, 'traffic'),
    ('platform', 'free-tier', 'production', '(none)', 'Amazon SNS',    'Other',     'Usage',  'sns-1',    0,  0, FALSE, 'free messages'),
    ('(none)',   '(none)',    '(none)',     '(none)', 'Tax',           'Other',     'Tax',    NULL,       8,  8, FALSE, 'tax')
) AS t(team, service, environment, customer, ServiceName, ServiceCategory, ChargeCategory, ResourceId, before, since, idle, ChargeDescription);

CREATE TABLE charge_days AS
SELECT
    d::DATE AS day, 'aws' AS source, strftime(d, '%Y-%m') AS billing_period, 'USD' AS currency,
    team, service, environment, customer,
    CASE WHEN environment = 'staging' THEN 'research_and_development' ELSE 'cost_of_revenue' END AS cost_class,
    idle, 'AWS' AS ServiceProviderName, ServiceCategory, ServiceName,
    '111122223333' AS SubAccountId, 'main' AS SubAccountName, 'us-east-1' AS RegionId, ChargeCategory,
    ChargeDescription, ResourceId, 'SKU-' || ServiceName AS SkuId,
    d::TIMESTAMP AT TIME ZONE 'UTC' AS ChargePeriodStart,
    (d + INTERVAL 1 DAY)::TIMESTAMP AT TIME ZONE 'UTC' AS ChargePeriodEnd,
    'aws-' || strftime(d, '%Y-%m') || '.csv' AS x_SourceFile,
    ROW_NUMBER() OVER (PARTITION BY strftime(d, '%Y-%m') ORDER BY d, service, environment, ResourceId, ChargeCategory, idle) + 1 AS x_SourceLine,
    cost AS BilledCost, cost AS EffectiveCost, cost AS BilledCostOnBill, cost AS EffectiveCostOnBill
FROM (
    SELECT *, (CASE WHEN d < DATE '2026-09-01' THEN before ELSE since END
        + CASE WHEN d = DATE '2026-09-14' AND ResourceId = 'fn-1' THEN 400 ELSE 0 END)::DECIMAL(28, 12) AS cost
    FROM items, range(TIMESTAMP '2026-07-01', TIMESTAMP '2026-10-01', INTERVAL 1 DAY) AS days(d)
);

CREATE TABLE daily_costs AS
SELECT day, source, billing_period, currency, team, service, environment, customer, cost_class, idle,
    ServiceProviderName, ServiceCategory, ServiceName, SubAccountId, SubAccountName, RegionId, ChargeCategory,
    COUNT(*) AS line_items,
    SUM(BilledCost)::DECIMAL(28, 12) AS BilledCost, SUM(EffectiveCost)::DECIMAL(28, 12) AS EffectiveCost,
    NULL::DECIMAL(28, 12) AS ContractedCost, NULL::DECIMAL(28, 12) AS ListCost
FROM charge_days GROUP BY ALL;

-- Who gets what: tenths and quarters, so that every amount divides without a rest.
CREATE TABLE shares AS SELECT * FROM (VALUES
    ('dedicated',          'direct',       'direct',   'acme',          'allocated',   100),
    ('shared by requests', 'proportional', 'measured', 'acme',          'allocated',    50),
    ('shared by requests', 'proportional', 'measured', 'birch',         'allocated',    30),
    ('shared by requests', 'proportional', 'measured', 'cedar',         'allocated',    20),
    ('cdn',                'proportional', 'measured', 'acme',          'allocated',    50),
    ('cdn',                'proportional', 'measured', 'birch',         'allocated',    30),
    ('cdn',                'proportional', 'measured', 'cedar',         'allocated',    20),
    ('search',             'even',         'assumed',  'acme',          'allocated',    25),
    ('search',             'even',         'assumed',  'birch',         'allocated',    25),
    ('search',             'even',         'assumed',  'cedar',         'allocated',    25),
    ('search',             'even',         'assumed',  'ghost',         'allocated',    25),
    ('idle',               '',             '',         '(idle)',        'idle',        100),
    ('',                   '',             '',         '(unallocated)', 'unallocated', 100)
) AS t(share, method, evidence, target, target_kind, pct);

-- A pool that is divided begins at the node of its answers; the customers' rules look at service and environment.
-- What is idle, what no rule takes and what carries its target's name has arrived: it begins at no node.
CREATE TABLE pools AS
SELECT day, source, billing_period, currency, team, service, environment, customer, cost_class,
    CASE
        WHEN idle THEN 'idle'
        WHEN customer <> '(none)' THEN 'dedicated'
        WHEN service = 'cdn' THEN 'cdn'
        WHEN service = 'search' AND environment = 'production' THEN 'search'
        WHEN service <> '(none)' THEN 'shared by requests'
        ELSE '' END AS share,
    CASE WHEN share IN ('idle', 'dedicated', '') THEN '' ELSE 'service=' || service || ', environment=' || environment END AS node,
    SUM(BilledCost) AS BilledCost, SUM(EffectiveCost) AS EffectiveCost
FROM daily_costs GROUP BY ALL;

CREATE TABLE allocations AS
SELECT 'customer' AS perspective, day, source, billing_period, currency, team, service, environment, customer, cost_class,
    target_kind, target, CASE WHEN target_kind = 'allocated' THEN share ELSE '' END AS rule, method, node, evidence,
    (BilledCost * pct * 0.01)::DECIMAL(28, 12) AS BilledCost, (EffectiveCost * pct * 0.01)::DECIMAL(28, 12) AS EffectiveCost
FROM pools JOIN shares USING (share)
UNION ALL
SELECT 'team', day, source, billing_period, currency, team, service, environment, customer, cost_class,
    CASE WHEN team = '(none)' THEN 'unallocated' ELSE 'allocated' END, CASE WHEN team = '(none)' THEN '(unallocated)' ELSE team END,
    CASE WHEN team = '(none)' THEN '' ELSE 'own cost' END, CASE WHEN team = '(none)' THEN '' ELSE 'direct' END, '',
    CASE WHEN team = '(none)' THEN '' ELSE 'direct' END, BilledCost, EffectiveCost
FROM pools
ORDER BY ALL;

-- What each node passes on. The cdn goes to the services it serves, by their cost: three quarters to checkout, one to
-- the database; from there it goes on as their own cost does. So it comes to each customer on two paths.
CREATE TABLE passes AS SELECT * FROM (VALUES
    ('shared by requests', 'proportional', 'customer', 'allocated',   'acme',          'measured', 'requests',  500, 1000,  500, 1000),
    ('shared by requests', 'proportional', 'customer', 'allocated',   'birch',         'measured', 'requests',  300, 1000,  300, 1000),
    ('shared by requests', 'proportional', 'customer', 'allocated',   'cedar',         'measured', 'requests',  200, 1000,  200, 1000),
    ('cdn',                'proportional', 'service',  'node',        'service=checkout, environment=production',  'measured', 'cost', 180, 240, 3, 4),
    ('cdn',                'proportional', 'service',  'node',        'service=shared-db, environment=production', 'measured', 'cost',  60, 240, 1, 4),
    ('search',             'even',         'customer', 'allocated',   'acme',          'assumed',  '',         NULL, NULL,    1,    4),
    ('search',             'even',         'customer', 'allocated',   'birch',         'assumed',  '',         NULL, NULL,    1,    4),
    ('search',             'even',         'customer', 'allocated',   'cedar',         'assumed',  '',         NULL, NULL,    1,    4),
    ('search',             'even',         'customer', 'allocated',   'ghost',         'assumed',  '',         NULL, NULL,    1,    4)
) AS t(rule, method, "to", target_kind, target, evidence, measure, quantity, total, weight, whole);

CREATE TABLE steps AS
SELECT 'customer' AS perspective, strftime(day, '%Y-%m') AS period, day, node, rule, method, "to", target_kind, target,
    evidence, measure,
    CASE WHEN measure = 'requests' THEN MAP {'service': service} ELSE MAP {}::MAP(VARCHAR, VARCHAR) END AS keys,
    quantity::DECIMAL(38, 12) AS quantity, total::DECIMAL(38, 12) AS total, day AS basis_from, day AS basis_to,
    weight::BIGINT AS weight, whole::BIGINT AS whole
FROM (SELECT DISTINCT day, node, share, service FROM pools WHERE node <> '') JOIN passes ON rule = share;

-- 1,000 requests a day to each of three services: acme 500 (in two rows), birch 300, cedar 200.
CREATE TABLE usage AS
SELECT 'requests' AS measure, (d + to_hours(hour))::TIMESTAMP AT TIME ZONE 'UTC' AS time, d::DATE AS day,
    quantity::DECIMAL(38, 12) AS quantity, MAP {'service': service, 'customer': customer} AS dimensions,
    'u1' AS x_LoadId, 'requests.csv' AS x_SourceFile, ROW_NUMBER() OVER (ORDER BY d, service, customer, hour) + 1 AS x_SourceLine
FROM range(TIMESTAMP '2026-07-01', TIMESTAMP '2026-10-01', INTERVAL 1 DAY) AS days(d),
    (VALUES ('checkout'), ('shared-db'), ('search')) AS s(service),
    (VALUES ('acme', 300, 9), ('acme', 200, 15), ('birch', 300, 10), ('cedar', 200, 11)) AS c(customer, quantity, hour);

CREATE TABLE customers AS SELECT *, MAP {}::MAP(VARCHAR, VARCHAR) AS attributes FROM (VALUES
    ('acme',      'Acme Corp',    'enterprise', 'active',  DATE '2024-01-01', NULL::DATE),
    ('birch',     'Birch & Sons', 'team',       'active',  DATE '2025-03-01', NULL),
    ('cedar',     'Cedar Labs',   'team',       'active',  DATE '2026-02-01', NULL),
    ('dune',      'Dune Media',   'starter',    'active',  DATE '2026-02-01', NULL),
    ('evergreen', 'Evergreen',    'starter',    'churned', DATE '2025-02-01', DATE '2026-09-01')
) AS t(customer_id, customer_name, plan, status, start_date, end_date);

CREATE TABLE revenue AS
SELECT customer_id, 'recurring' AS kind, amount::DECIMAL(28, 12) AS amount, 'USD' AS currency, start_date, end_date,
    'subscription' AS description, 'revenue.csv' AS x_SourceFile, 1 AS x_SourceLine
FROM (VALUES ('acme', 9300), ('birch', 2790), ('cedar', 465), ('dune', 930), ('evergreen', 31)) AS t(customer_id, amount)
JOIN customers USING (customer_id);

-- A month's amount over its own days: acme pays 300 a day in August, 310 in September.
CREATE TABLE daily_revenue AS
SELECT customer_id, d::DATE AS day, currency, kind, (amount::DOUBLE / day(last_day(d::DATE)))::DECIMAL(28, 12) AS amount
FROM revenue, range(TIMESTAMP '2026-07-01', TIMESTAMP '2026-10-01', INTERVAL 1 DAY) AS days(d)
WHERE d >= start_date AND (end_date IS NULL OR d < end_date);

CREATE TABLE reconciliation AS
WITH charged AS (SELECT source, billing_period, currency, SUM(EffectiveCost) AS charged FROM daily_costs GROUP BY ALL)
SELECT perspective, source, billing_period, currency, metric, ANY_VALUE(charged) AS charged,
    SUM(EffectiveCost) FILTER (WHERE target_kind = 'allocated') AS allocated,
    COALESCE(SUM(EffectiveCost) FILTER (WHERE target_kind = 'idle'), 0) AS idle,
    SUM(EffectiveCost) FILTER (WHERE target_kind = 'unallocated') AS unallocated,
    ANY_VALUE(charged) - SUM(EffectiveCost) AS difference,
    0::DECIMAL(28, 12) AS rejected, 0 AS rejected_rows
FROM allocations JOIN charged USING (source, billing_period, currency), (VALUES ('BilledCost'), ('EffectiveCost')) AS m(metric)
GROUP BY ALL;
