-- What an analyst would write by hand to turn a Cost and Usage Report into the same columns, in one COPY.
COPY (
    SELECT
        CASE WHEN line_item_line_item_type = 'SavingsPlanCoveredUsage' THEN 0 ELSE line_item_net_unblended_cost END::DECIMAL(28,12) AS BilledCost,
        CASE line_item_line_item_type WHEN 'SavingsPlanCoveredUsage' THEN savings_plan_net_savings_plan_effective_cost
            WHEN 'DiscountedUsage' THEN reservation_net_effective_cost WHEN 'RIFee' THEN 0 WHEN 'SavingsPlanRecurringFee' THEN 0
            ELSE line_item_net_unblended_cost END::DECIMAL(28,12) AS EffectiveCost,
        pricing_public_on_demand_cost::DECIMAL(28,12) AS ListCost,
        CASE WHEN line_item_line_item_type <> 'DiscountedUsage' THEN line_item_net_unblended_cost END::DECIMAL(28,12) AS ContractedCost,
        line_item_unblended_cost::DECIMAL(28,12) AS x_SourceCost,
        line_item_line_item_type AS x_LineItemType,
        line_item_currency_code AS BillingCurrency,
        pricing_currency AS PricingCurrency,
        CASE line_item_line_item_type WHEN 'Tax' THEN 'Tax' WHEN 'Credit' THEN 'Credit' WHEN 'EdpDiscount' THEN 'Credit' WHEN 'Fee' THEN 'Purchase'
            WHEN 'RIFee' THEN 'Purchase' WHEN 'SavingsPlanRecurringFee' THEN 'Purchase' ELSE 'Usage' END AS ChargeCategory,
        CASE WHEN line_item_line_item_type = 'Refund' THEN 'Correction' END AS ChargeClass,
        CASE line_item_line_item_type WHEN 'Usage' THEN 'Usage-Based' WHEN 'DiscountedUsage' THEN 'Usage-Based' WHEN 'SavingsPlanCoveredUsage' THEN 'Usage-Based'
            WHEN 'RIFee' THEN 'Recurring' WHEN 'SavingsPlanRecurringFee' THEN 'Recurring' ELSE 'One-Time' END AS ChargeFrequency,
        line_item_line_item_description AS ChargeDescription,
        bill_invoice_id AS InvoiceId,
        bill_billing_period_start_date::TIMESTAMPTZ AS BillingPeriodStart,
        bill_billing_period_end_date::TIMESTAMPTZ AS BillingPeriodEnd,
        line_item_usage_start_date::TIMESTAMPTZ AS ChargePeriodStart,
        line_item_usage_end_date::TIMESTAMPTZ AS ChargePeriodEnd,
        bill_payer_account_id AS BillingAccountId,
        'Management Account' AS BillingAccountType,
        line_item_usage_account_id AS SubAccountId,
        'Member Account' AS SubAccountType,
        'AWS' AS HostProviderName,
        bill_invoicing_entity AS InvoiceIssuerName,
        'AWS' AS ProviderName,
        CASE WHEN bill_billing_entity = 'AWS Marketplace' THEN line_item_legal_entity ELSE 'AWS' END AS PublisherName,
        CASE WHEN bill_billing_entity = 'AWS Marketplace' THEN line_item_legal_entity ELSE 'AWS' END AS ServiceProviderName,
        product_servicename AS ServiceName,
        CASE line_item_product_code WHEN 'AmazonEC2' THEN 'Compute' WHEN 'AWSLambda' THEN 'Compute' WHEN 'AmazonEKS' THEN 'Compute' WHEN 'AmazonS3' THEN 'Storage'
            WHEN 'AmazonRDS' THEN 'Databases' WHEN 'AmazonBedrock' THEN 'AI and Machine Learning' WHEN 'AWSELB' THEN 'Networking' ELSE 'Other' END AS ServiceCategory,
        CASE line_item_product_code WHEN 'AmazonEC2' THEN 'Virtual Machines' WHEN 'AWSLambda' THEN 'Serverless Compute' WHEN 'AmazonEKS' THEN 'Containers'
            WHEN 'AmazonS3' THEN 'Object Storage' WHEN 'AmazonRDS' THEN 'Relational Databases' ELSE 'Other (Other)' END AS ServiceSubcategory,
        line_item_resource_id AS ResourceId,
        CASE WHEN line_item_resource_id IS NOT NULL THEN product_product_family END AS ResourceType,
        product_region_code AS RegionId,
        product_location AS RegionName,
        line_item_availability_zone AS AvailabilityZone,
        product_sku AS SkuId,
        pricing_rate_code AS SkuPriceId,
        line_item_usage_type AS SkuMeter,
        CASE WHEN product_instance_type IS NOT NULL THEN '{"InstanceType":"' || product_instance_type || '","OperatingSystem":"' || product_operating_system || '"}' END AS SkuPriceDetails,
        map_from_entries(list_filter([
            {'key': 'team', 'value': resource_tags_user_team}, {'key': 'env', 'value': resource_tags_user_env},
            {'key': 'cost_center', 'value': resource_tags_user_cost_center}, {'key': 'app', 'value': resource_tags_user_app},
            {'key': 'aws:eks_cluster_name', 'value': resource_tags_aws_eks_cluster_name},
            {'key': 'aws:cost_category:business_unit', 'value': cost_category_business_unit}], lambda tag: tag.value IS NOT NULL)) AS Tags,
        CASE line_item_line_item_type WHEN 'Usage' THEN 'Standard' WHEN 'DiscountedUsage' THEN 'Committed' WHEN 'SavingsPlanCoveredUsage' THEN 'Committed' END AS PricingCategory,
        line_item_usage_amount::DECIMAL(38,12) AS PricingQuantity,
        CASE pricing_unit WHEN 'Hrs' THEN 'Hours' WHEN 'GB-Mo' THEN 'GB-Months' ELSE pricing_unit END AS PricingUnit,
        pricing_public_on_demand_rate::DECIMAL(28,12) AS ListUnitPrice,
        line_item_usage_amount::DECIMAL(38,12) AS ConsumedQuantity,
        CASE pricing_unit WHEN 'Hrs' THEN 'Hours' WHEN 'GB-Mo' THEN 'GB-Months' ELSE pricing_unit END AS ConsumedUnit,
        coalesce(savings_plan_savings_plan_a_r_n, reservation_reservation_a_r_n) AS CommitmentDiscountId,
        CASE WHEN savings_plan_savings_plan_a_r_n IS NOT NULL THEN 'Spend' WHEN reservation_reservation_a_r_n IS NOT NULL THEN 'Usage' END AS CommitmentDiscountCategory,
        CASE WHEN savings_plan_savings_plan_a_r_n IS NOT NULL THEN 'Savings Plan' WHEN reservation_reservation_a_r_n IS NOT NULL THEN 'Reserved Instance' END AS CommitmentDiscountType,
        CASE line_item_line_item_type WHEN 'DiscountedUsage' THEN 'Used' WHEN 'SavingsPlanCoveredUsage' THEN 'Used' END AS CommitmentDiscountStatus,
        CASE WHEN coalesce(savings_plan_savings_plan_a_r_n, reservation_reservation_a_r_n) IS NOT NULL THEN line_item_usage_amount END::DECIMAL(38,12) AS CommitmentDiscountQuantity,
        CASE WHEN coalesce(savings_plan_savings_plan_a_r_n, reservation_reservation_a_r_n) IS NOT NULL THEN pricing_unit END AS CommitmentDiscountUnit,
        'aws' AS x_Source, '2025-03' AS x_BillingPeriod, 'load' AS x_LoadId, 'cur.parquet' AS x_SourceFile, file_row_number + 1 AS x_SourceLine
    FROM read_parquet($source, file_row_number = true)
    WHERE line_item_line_item_type <> 'SavingsPlanNegation'
) TO $target (FORMAT parquet)
