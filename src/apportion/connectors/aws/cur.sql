-- AWS Cost and Usage Report, legacy and 2.0, as FOCUS charges.
-- In $amount, $ri_effective, $ri_unused and $sp_effective the net columns stand where the report has all of them, else
-- the gross ones: one choice for all metrics. A commitment's fee makes a second row of what nobody used.
SELECT
    $kept,

    -- cost
    CASE WHEN unused_row OR line_item_line_item_type = 'SavingsPlanCoveredUsage' THEN 0 ELSE amount END AS BilledCost,  -- `lineItem/UnblendedCost` or `NetUnblendedCost`; 0 where a savings plan covers the usage
    CASE
        WHEN unused_row THEN unused
        WHEN line_item_line_item_type = 'SavingsPlanCoveredUsage' THEN coalesce($sp_effective, 0)
        WHEN line_item_line_item_type = 'DiscountedUsage' THEN coalesce($ri_effective, amount)
        WHEN fee THEN 0
        ELSE amount
    END AS EffectiveCost,  -- covered usage: `savingsPlan/SavingsPlanEffectiveCost` or `reservation/EffectiveCost`; a commitment's own fees: 0; what was paid for and not used: a row of its own; else BilledCost
    CASE
        WHEN unused_row THEN CASE WHEN savings_plan_savings_plan_arn IS NOT NULL THEN unused END
        WHEN NOT usage THEN amount
        WHEN pricing_public_on_demand_cost IS NULL THEN TRY_CAST(CAST(pricing_public_on_demand_rate AS DECIMAL(18,12)) * CAST(line_item_usage_amount AS DECIMAL(20,8)) AS DECIMAL(28,12))
        ELSE pricing_public_on_demand_cost
    END AS ListCost,  -- `pricing/publicOnDemandCost`, else `pricing/publicOnDemandRate` × usage; empty where AWS gives neither
    CASE
        WHEN unused_row THEN CASE WHEN savings_plan_savings_plan_arn IS NOT NULL THEN unused END
        WHEN line_item_line_item_type = 'DiscountedUsage' THEN $ri_contracted
        ELSE amount
    END AS ContractedCost,  -- the cost before commitments: BilledCost, for usage under a savings plan what it would have cost; under a reservation the on-demand cost, unknown where private discounts apply
    line_item_currency_code AS BillingCurrency,
    coalesce(pricing_currency, line_item_currency_code) AS PricingCurrency,
    CASE WHEN unused_row THEN 0 ELSE line_item_unblended_cost END AS x_SourceCost,  -- `lineItem/UnblendedCost`, which Cost Explorer shows by default
    line_item_line_item_type AS x_LineItemType,

    -- what kind of charge
    CASE line_item_line_item_type
        WHEN 'Usage' THEN 'Usage'
        WHEN 'DiscountedUsage' THEN 'Usage'
        WHEN 'SavingsPlanCoveredUsage' THEN 'Usage'
        WHEN 'Tax' THEN 'Tax'
        WHEN 'Credit' THEN 'Credit'
        WHEN 'EdpDiscount' THEN 'Credit'
        WHEN 'PrivateRateDiscount' THEN 'Credit'
        WHEN 'BundledDiscount' THEN 'Credit'
        WHEN 'RiVolumeDiscount' THEN 'Credit'
        WHEN 'SppDiscount' THEN 'Credit'
        WHEN 'DistributorDiscount' THEN 'Credit'
        WHEN 'Discount' THEN 'Credit'
        WHEN 'Fee' THEN 'Purchase'
        WHEN 'RIFee' THEN CASE WHEN unused_row THEN 'Usage' ELSE 'Purchase' END
        WHEN 'SavingsPlanRecurringFee' THEN CASE WHEN unused_row THEN 'Usage' ELSE 'Purchase' END
        WHEN 'SavingsPlanUpfrontFee' THEN 'Purchase'
        WHEN 'Refund' THEN CASE WHEN line_item_tax_type IS NOT NULL THEN 'Tax' WHEN commitment IS NOT NULL THEN 'Purchase' ELSE 'Usage' END
        ELSE 'Adjustment'
    END AS ChargeCategory,  -- by `lineItem/LineItemType`; a refund keeps the category of what is refunded; discounts are credits
    CASE WHEN line_item_line_item_type = 'Refund' AND (bill_bill_type = 'Refund' OR line_item_usage_start_date < bill_billing_period_start_date) THEN 'Correction' END AS ChargeClass,  -- refunds of an earlier period
    CASE
        WHEN usage OR unused_row THEN 'Usage-Based'
        WHEN line_item_line_item_type IN ('RIFee', 'SavingsPlanRecurringFee') THEN 'Recurring'
        ELSE 'One-Time'
    END AS ChargeFrequency,
    line_item_line_item_description AS ChargeDescription,
    bill_invoice_id AS InvoiceId,

    -- when
    bill_billing_period_start_date AS BillingPeriodStart,
    coalesce(bill_billing_period_end_date, bill_billing_period_start_date + INTERVAL 1 MONTH) AS BillingPeriodEnd,
    line_item_usage_start_date AS ChargePeriodStart,
    CASE
        WHEN line_item_usage_end_date > line_item_usage_start_date THEN CASE WHEN date_part('second', line_item_usage_end_date) = 59 THEN line_item_usage_end_date + INTERVAL 1 SECOND ELSE line_item_usage_end_date END
        ELSE line_item_usage_start_date + INTERVAL 1 HOUR
    END AS ChargePeriodEnd,  -- the first moment after; a last second (23:59:59) moves on by one

    -- who
    bill_payer_account_id AS BillingAccountId,
    bill_payer_account_name AS BillingAccountName,
    'Management Account' AS BillingAccountType,
    line_item_usage_account_id AS SubAccountId,
    line_item_usage_account_name AS SubAccountName,
    CASE WHEN line_item_usage_account_id IS NOT NULL THEN 'Member Account' END AS SubAccountType,
    'AWS' AS HostProviderName,
    coalesce(bill_invoicing_entity, line_item_legal_entity, 'AWS') AS InvoiceIssuerName,
    'AWS' AS ProviderName,
    CASE WHEN bill_billing_entity = 'AWS Marketplace' THEN coalesce(line_item_legal_entity, 'AWS Marketplace') ELSE 'AWS' END AS PublisherName,  -- of AWS Marketplace the seller
    CASE WHEN bill_billing_entity = 'AWS Marketplace' THEN coalesce(line_item_legal_entity, 'AWS Marketplace') ELSE 'AWS' END AS ServiceProviderName,

    -- for what
    coalesce(product_servicename, product_product_name, product['servicename'], product['product_name'], line_item_product_code, 'Unknown') AS ServiceName,
    CASE line_item_product_code $categories ELSE 'Other' END AS ServiceCategory,  -- by `lineItem/ProductCode`
    CASE line_item_product_code $subcategories ELSE 'Other (Other)' END AS ServiceSubcategory,  -- by `lineItem/ProductCode`
    CASE WHEN unused_row THEN commitment ELSE line_item_resource_id END AS ResourceId,
    CASE WHEN unused_row THEN $commitment_type WHEN line_item_resource_id IS NOT NULL THEN coalesce(product_product_family, product['product_family'], line_item_product_code) END AS ResourceType,
    coalesce(product_region_code, product_region, product['region_code'], product['region'], product_from_region_code) AS RegionId,
    coalesce(product_location, product['location'], product_region_code, product_region, product['region_code'], product['region'], product_from_region_code) AS RegionName,
    line_item_availability_zone AS AvailabilityZone,
    CASE WHEN unused_row THEN NULL ELSE coalesce(product_sku, product['sku']) END AS SkuId,
    CASE WHEN unused_row THEN NULL ELSE coalesce(pricing_rate_code, pricing_rate_id) END AS SkuPriceId,
    line_item_usage_type AS SkuMeter,
    $details AS SkuPriceDetails,
    $tags AS Tags,

    -- how much, at what price
    CASE WHEN NOT priced THEN NULL WHEN unused_row THEN 'Committed' WHEN line_item_line_item_type IN ('SavingsPlanCoveredUsage', 'DiscountedUsage') THEN 'Committed' WHEN usage AND contains(line_item_usage_type, 'SpotUsage') THEN 'Dynamic' ELSE 'Standard' END AS PricingCategory,
    CASE WHEN usage THEN line_item_usage_amount WHEN unused_row AND savings_plan_savings_plan_arn IS NOT NULL THEN unused WHEN priced THEN 1 END AS PricingQuantity,
    CASE WHEN usage THEN coalesce($unit, 'Units') WHEN unused_row AND savings_plan_savings_plan_arn IS NOT NULL THEN line_item_currency_code WHEN priced THEN 'Units' END AS PricingUnit,  -- `pricing/unit` in FOCUS's spelling
    CASE WHEN usage THEN pricing_public_on_demand_rate WHEN unused_row THEN CASE WHEN savings_plan_savings_plan_arn IS NOT NULL THEN 1 END WHEN priced THEN amount END AS ListUnitPrice,
    CASE WHEN usage THEN $contracted_rate WHEN unused_row THEN CASE WHEN savings_plan_savings_plan_arn IS NOT NULL THEN 1 END WHEN priced THEN amount END AS ContractedUnitPrice,
    CASE WHEN usage THEN line_item_usage_amount END AS ConsumedQuantity,
    CASE WHEN usage AND line_item_usage_amount IS NOT NULL THEN coalesce($unit, 'Units') END AS ConsumedUnit,

    -- commitments
    commitment AS CommitmentDiscountId,  -- `savingsPlan/SavingsPlanARN`, else `reservation/ReservationARN`
    CASE WHEN savings_plan_savings_plan_arn IS NOT NULL THEN 'Spend' WHEN reservation_reservation_arn IS NOT NULL THEN 'Usage' END AS CommitmentDiscountCategory,
    $commitment_type AS CommitmentDiscountType,
    CASE WHEN unused_row THEN 'Unused' WHEN line_item_line_item_type IN ('SavingsPlanCoveredUsage', 'DiscountedUsage') AND commitment IS NOT NULL THEN 'Used' END AS CommitmentDiscountStatus,
    CASE
        WHEN commitment IS NULL THEN NULL
        WHEN unused_row AND savings_plan_savings_plan_arn IS NULL THEN coalesce(reservation_unused_quantity, 0)
        WHEN unused_row THEN unused
        WHEN line_item_line_item_type = 'SavingsPlanCoveredUsage' THEN coalesce($sp_effective, 0)
        WHEN line_item_line_item_type = 'SavingsPlanRecurringFee' THEN coalesce(savings_plan_total_commitment_to_date, amount)
        WHEN savings_plan_savings_plan_arn IS NOT NULL THEN amount
        ELSE line_item_usage_amount
    END AS CommitmentDiscountQuantity,
    CASE WHEN commitment IS NULL THEN NULL WHEN savings_plan_savings_plan_arn IS NOT NULL THEN line_item_currency_code ELSE coalesce($unit, 'Units') END AS CommitmentDiscountUnit,

    -- split cost allocation: the costs follow when the whole month is there
    CASE WHEN split_line_item_parent_resource_id IS NOT NULL THEN 'AWS split cost allocation' END AS AllocatedMethodId,
    CASE WHEN split_line_item_parent_resource_id IS NOT NULL THEN line_item_resource_id END AS AllocatedResourceId,
    $allocated_tags AS AllocatedTags,
    CASE WHEN split_line_item_parent_resource_id IS NOT NULL THEN $split END AS AllocatedMethodDetails
FROM (
    SELECT *, unnest(CASE WHEN unused > 0 THEN [false, true] ELSE [false] END) AS unused_row
    FROM (
        SELECT
            *,
            $amount AS amount,
            CASE line_item_line_item_type
                WHEN 'SavingsPlanRecurringFee' THEN $sp_unused
                WHEN 'RIFee' THEN $ri_unused
            END AS unused,
            coalesce(savings_plan_savings_plan_arn, reservation_reservation_arn) AS commitment,
            line_item_line_item_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage') AS usage,
            line_item_line_item_type IN ('RIFee', 'SavingsPlanRecurringFee', 'SavingsPlanUpfrontFee') OR (line_item_line_item_type = 'Fee' AND reservation_reservation_arn IS NOT NULL) AS fee,
            line_item_line_item_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage', 'Fee', 'RIFee', 'SavingsPlanRecurringFee', 'SavingsPlanUpfrontFee') AS priced
        FROM $rows
    )
)
WHERE broken OR line_item_line_item_type <> 'SavingsPlanNegation'
