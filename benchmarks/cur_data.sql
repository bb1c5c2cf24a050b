-- A Cost and Usage Report of $rows lines in March 2025: every kind of line, commitments, six tag columns, doubles for costs.
-- hash() of the row's number stands for chance, so that the same rows come out everywhere.
COPY (
    WITH numbers AS (
        SELECT i, CAST(hash(i) >> 2 AS BIGINT) AS h, CAST(hash(i * 7 + 1) >> 2 AS BIGINT) AS g, CAST(hash(i * 13 + 5) >> 2 AS BIGINT) AS f FROM range($rows) AS t(i)
    ), lines AS (
        SELECT
            *,
            CASE WHEN h % 1000 < 820 THEN 'Usage' WHEN h % 1000 < 860 THEN 'DiscountedUsage' WHEN h % 1000 < 920 THEN 'SavingsPlanCoveredUsage'
                WHEN h % 1000 < 970 THEN 'SavingsPlanNegation' WHEN h % 1000 < 975 THEN 'SavingsPlanRecurringFee' WHEN h % 1000 < 980 THEN 'RIFee'
                WHEN h % 1000 < 990 THEN 'Tax' WHEN h % 1000 < 995 THEN 'Credit' WHEN h % 1000 < 998 THEN 'EdpDiscount' WHEN h % 1000 < 999 THEN 'Refund' ELSE 'Fee' END AS kind,
            ['AmazonEC2', 'AmazonEC2', 'AmazonEC2', 'AmazonS3', 'AmazonS3', 'AmazonRDS', 'AWSLambda', 'AmazonEKS', 'AmazonCloudWatch', 'AmazonBedrock'][1 + g % 10] AS code,
            ['BoxUsage:m6i.large', 'EBS:VolumeUsage.gp3', 'NatGateway-Bytes', 'TimedStorage-ByteHrs', 'Requests-Tier1', 'InstanceUsage:db.r6g.large',
                'Lambda-GB-Second', 'AmazonEKS-Hours:perCluster', 'CW:MetricMonitorUsage', 'Claude3Sonnet-input-tokens'][1 + g % 10] AS usage,
            ['Hrs', 'GB-Mo', 'GB', 'GB-Mo', 'Requests', 'Hrs', 'Lambda-GB-Second', 'Hrs', 'Metrics', '1K tokens'][1 + g % 10] AS unit,
            ['us-east-1', 'us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1'][1 + f % 5] AS region,
            round(((g % 1000000) / 9973.0 + 0.0001), 8) AS amount,
            ((h % 97) + 1) / 1000.0 AS price,
            TIMESTAMP '2025-03-01' + to_hours(CAST(f % 744 AS BIGINT)) AS hour
        FROM numbers
    ), costs AS (
        SELECT *, round(amount * price, 10) AS cost, CASE WHEN kind IN ('SavingsPlanNegation', 'Credit', 'EdpDiscount', 'Refund') THEN -1 ELSE 1 END AS sign FROM lines
    )
    SELECT
        format('{:040x}', i) AS identity_line_item_id,
        '1829374655' AS bill_invoice_id, 'Amazon Web Services, Inc.' AS bill_invoicing_entity,
        CASE WHEN f % 100 = 0 THEN 'AWS Marketplace' ELSE 'AWS' END AS bill_billing_entity,
        CASE kind WHEN 'Refund' THEN 'Refund' WHEN 'Fee' THEN 'Purchase' ELSE 'Anniversary' END AS bill_bill_type,
        '999988887777' AS bill_payer_account_id,
        TIMESTAMP '2025-03-01' AS bill_billing_period_start_date, TIMESTAMP '2025-04-01' AS bill_billing_period_end_date,
        CAST(100000000000 + f % 40 AS VARCHAR) AS line_item_usage_account_id, kind AS line_item_line_item_type,
        hour AS line_item_usage_start_date, hour + INTERVAL 1 HOUR AS line_item_usage_end_date,
        code AS line_item_product_code, 'USE1-' || usage AS line_item_usage_type, 'Run' AS line_item_operation,
        CASE WHEN code = 'AmazonEC2' THEN region || 'a' END AS line_item_availability_zone,
        CASE WHEN code IN ('AmazonEC2', 'AmazonRDS') THEN format('i-{:017x}', f % 50000) END AS line_item_resource_id,
        amount AS line_item_usage_amount, 'USD' AS line_item_currency_code, format('{:.10f}', price) AS line_item_unblended_rate,
        CASE WHEN kind = 'DiscountedUsage' THEN 0.0 ELSE sign * cost END AS line_item_unblended_cost,
        CASE WHEN kind = 'DiscountedUsage' THEN 0.0 ELSE round(sign * cost * 0.94, 10) END AS line_item_net_unblended_cost,
        '$' || price || ' per ' || unit || ' in ' || region AS line_item_line_item_description,
        CASE WHEN kind = 'Tax' THEN 'USSalesTax' END AS line_item_tax_type, 'Amazon Web Services, Inc.' AS line_item_legal_entity,
        code AS product_product_name, code AS product_servicename, code AS product_servicecode, split_part(usage, ':', 1) AS product_product_family,
        region AS product_region, region AS product_region_code, region AS product_location, upper(left(md5(usage), 16)) AS product_sku,
        CASE WHEN usage LIKE 'BoxUsage%' THEN 'm6i.large' END AS product_instance_type, CASE WHEN usage LIKE 'BoxUsage%' THEN 'Linux' END AS product_operating_system,
        'us-east-1' AS product_vcpu, '8 GiB' AS product_memory, 'Shared' AS product_tenancy, usage AS product_usagetype, 'Run' AS product_operation,
        upper(left(md5(usage), 16)) || '.JRTCKXETXF.6YS6EN2CT7' AS pricing_rate_code, 'USD' AS pricing_currency, cost AS pricing_public_on_demand_cost,
        price AS pricing_public_on_demand_rate, 'OnDemand' AS pricing_term, unit AS pricing_unit,
        CASE WHEN kind IN ('DiscountedUsage', 'RIFee') THEN format('arn:aws:ec2:us-east-1:1:reserved-instances/{}', f % 20) END AS reservation_reservation_a_r_n,
        CASE WHEN kind = 'DiscountedUsage' THEN round(cost * 0.62, 10) ELSE 0.0 END AS reservation_effective_cost,
        CASE WHEN kind = 'DiscountedUsage' THEN round(cost * 0.58, 10) ELSE 0.0 END AS reservation_net_effective_cost,
        CASE WHEN kind = 'RIFee' THEN round(cost * 0.1, 8) ELSE 0.0 END AS reservation_unused_amortized_upfront_fee_for_billing_period,
        CASE WHEN kind = 'RIFee' THEN round(cost * 0.1, 8) ELSE 0.0 END AS reservation_unused_recurring_fee,
        CASE WHEN kind LIKE 'SavingsPlan%' THEN format('arn:aws:savingsplans::1:savingsplan/{}', f % 20) END AS savings_plan_savings_plan_a_r_n,
        CASE WHEN kind = 'SavingsPlanCoveredUsage' THEN round(cost * 0.72, 10) ELSE 0.0 END AS savings_plan_savings_plan_effective_cost,
        CASE WHEN kind = 'SavingsPlanCoveredUsage' THEN round(cost * 0.68, 10) ELSE 0.0 END AS savings_plan_net_savings_plan_effective_cost,
        CASE WHEN kind = 'SavingsPlanRecurringFee' THEN cost ELSE 0.0 END AS savings_plan_total_commitment_to_date,
        CASE WHEN kind = 'SavingsPlanRecurringFee' THEN round(cost * 0.9, 10) ELSE 0.0 END AS savings_plan_used_commitment,
        CASE WHEN g % 4 > 0 THEN format('team-{}', g % 30) END AS resource_tags_user_team,
        CASE WHEN g % 5 > 0 THEN ['prod', 'Prod', 'staging', 'dev'][1 + h % 4] END AS resource_tags_user_env,
        CASE WHEN h % 2 = 0 THEN format('CC-{:04}', h % 60) END AS resource_tags_user_cost_center,
        CASE WHEN f % 3 > 0 THEN format('app-{}', f % 120) END AS resource_tags_user_app,
        CASE WHEN f % 10 = 0 THEN 'eks-prod' END AS resource_tags_aws_eks_cluster_name,
        CASE WHEN h % 10 > 2 THEN ['Retail', 'Payments', 'Platform'][1 + h % 3] END AS cost_category_business_unit
    FROM costs
) TO $target (FORMAT parquet, ROW_GROUP_SIZE 131072)
