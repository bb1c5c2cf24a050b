-- Charges with what the ledger lacks made good, step by step, each from what stands beside it. Costs that the bill gives
-- are not changed, but for ContractedCost and ListCost of credits, which FOCUS ties to BilledCost; prices and quantities
-- give way to costs. What was filled or changed is named in x_FilledColumns.
WITH named AS (
    SELECT * REPLACE (
        coalesce(ServiceProviderName, ProviderName, PublisherName, InvoiceIssuerName, x_Source) AS ServiceProviderName,
        coalesce(ProviderName, ServiceProviderName, PublisherName, InvoiceIssuerName, x_Source) AS ProviderName,
        coalesce(PublisherName, ProviderName, ServiceProviderName, InvoiceIssuerName, x_Source) AS PublisherName,
        coalesce(InvoiceIssuerName, ProviderName, ServiceProviderName, PublisherName, x_Source) AS InvoiceIssuerName,
        coalesce(BillingAccountId, x_Source) AS BillingAccountId,
        coalesce(BillingAccountType, 'Billing Account') AS BillingAccountType,
        CASE
            WHEN BillingPeriodEnd > BillingPeriodStart THEN BillingPeriodEnd
            ELSE BillingPeriodStart + INTERVAL 1 MONTH
        END AS BillingPeriodEnd,
        CASE
            WHEN ChargePeriodEnd > ChargePeriodStart THEN ChargePeriodEnd
            ELSE ChargePeriodStart + INTERVAL 1 SECOND
        END AS ChargePeriodEnd,
        coalesce(listed(ChargeCategory, $charge_categories), 'Adjustment') AS ChargeCategory,
        listed(ChargeClass, ['Correction']) AS ChargeClass,
        coalesce(listed(ServiceCategory, $service_categories), 'Other') AS ServiceCategory,
        coalesce(ServiceName, SkuMeter, ServiceProviderName, ProviderName, x_Source) AS ServiceName,
        CASE WHEN SubAccountId IS NOT NULL THEN coalesce(SubAccountName, SubAccountId) END AS SubAccountName,
        CASE WHEN SubAccountId IS NOT NULL THEN coalesce(SubAccountType, 'Sub Account') END AS SubAccountType,
        coalesce(RegionId, RegionName) AS RegionId,
        coalesce(RegionName, RegionId) AS RegionName,
        CASE WHEN ResourceId IS NOT NULL THEN ResourceName END AS ResourceName,
        CASE WHEN ResourceId IS NOT NULL THEN coalesce(ResourceType, ServiceName, 'Resource') END AS ResourceType,
        CASE WHEN InvoiceId IS NOT NULL THEN coalesce(InvoiceDetailId, InvoiceId) END AS InvoiceDetailId,
        CASE WHEN AllocatedMethodId IS NOT NULL THEN AllocatedResourceId END AS AllocatedResourceId,
        CASE
            WHEN AllocatedMethodId IS NOT NULL AND AllocatedResourceId IS NOT NULL THEN AllocatedResourceName
        END AS AllocatedResourceName,
        CASE WHEN AllocatedMethodId IS NOT NULL THEN AllocatedTags END AS AllocatedTags,
        CASE
            WHEN AllocatedMethodId IS NOT NULL AND is_object(AllocatedMethodDetails)
                THEN CASE WHEN allocation_shape(AllocatedMethodDetails) THEN AllocatedMethodDetails END
        END AS AllocatedMethodDetails,
        CASE
            WHEN is_object(ContractApplied)
                THEN CASE WHEN contract_shape(ContractApplied) AND $contract_measure THEN ContractApplied END
        END AS ContractApplied,
        CASE
            WHEN is_object(CommitmentProgramEligibilityDetails)
                THEN CASE
                    WHEN program_shape(CommitmentProgramEligibilityDetails) THEN CommitmentProgramEligibilityDetails
                END
        END AS CommitmentProgramEligibilityDetails
    )
    FROM ($charges)
),

classified AS (
    SELECT * REPLACE (
        CASE
            WHEN ChargeCategory = 'Purchase'
                THEN coalesce(listed(ChargeFrequency, ['One-Time', 'Recurring']), 'One-Time')
            ELSE coalesce(
                listed(ChargeFrequency, ['One-Time', 'Recurring', 'Usage-Based']),
                CASE ChargeCategory WHEN 'Usage' THEN 'Usage-Based' ELSE 'One-Time' END
            )
        END AS ChargeFrequency,
        CASE
            WHEN is_subcategory_of(ServiceSubcategory, ServiceCategory) THEN ServiceSubcategory
            ELSE 'Other (' || ServiceCategory || ')'
        END AS ServiceSubcategory,
        CASE
            WHEN CommitmentDiscountId IS NOT NULL
                THEN coalesce(
                    listed(CommitmentDiscountCategory, ['Spend', 'Usage']),
                    CASE WHEN CommitmentDiscountUnit IN (BillingCurrency, PricingCurrency) THEN 'Spend' ELSE 'Usage' END
                )
        END AS CommitmentDiscountCategory,
        CASE
            WHEN CommitmentDiscountId IS NOT NULL
                THEN coalesce(CommitmentDiscountType, CommitmentDiscountName, 'Commitment')
        END AS CommitmentDiscountType,
        CASE WHEN CommitmentDiscountId IS NOT NULL THEN CommitmentDiscountName END AS CommitmentDiscountName,
        CASE
            WHEN CommitmentDiscountId IS NOT NULL AND ChargeCategory = 'Usage'
                THEN coalesce(listed(CommitmentDiscountStatus, ['Used', 'Unused']), 'Used')
        END AS CommitmentDiscountStatus,
        CASE
            WHEN CapacityReservationId IS NULL THEN NULL
            WHEN ChargeCategory = 'Usage' THEN coalesce(listed(CapacityReservationStatus, ['Used', 'Unused']), 'Used')
            ELSE listed(CapacityReservationStatus, ['Used', 'Unused'])
        END AS CapacityReservationStatus,
        coalesce(
            ContractedCost,
            CASE
                WHEN ContractedUnitPrice >= 0 AND multiplies(ContractedUnitPrice, PricingQuantity)
                    THEN TRY_CAST(
                        TRY_CAST(ContractedUnitPrice AS DECIMAL(18, 12)) * TRY_CAST(PricingQuantity AS DECIMAL(18, 12))
                        AS DECIMAL(28, 12)
                    )
            END,
            CASE WHEN ChargeCategory = 'Usage' THEN EffectiveCost ELSE BilledCost END
        ) AS ContractedCost,
        CASE
            WHEN ChargeCategory = 'Tax' THEN NULL
            WHEN ChargeCategory IN ('Usage', 'Purchase') AND ChargeClass IS DISTINCT FROM 'Correction'
                THEN coalesce(SkuId, SkuPriceId, SkuMeter, ServiceName)
            ELSE SkuId
        END AS SkuId
    ),
    ChargeCategory IN ('Usage', 'Purchase') AND ChargeClass IS DISTINCT FROM 'Correction' AS must_price
    FROM named
),

costed AS (
    SELECT * REPLACE (
        coalesce(
            ListCost,
            CASE
                WHEN ListUnitPrice >= 0 AND multiplies(ListUnitPrice, PricingQuantity)
                    THEN TRY_CAST(
                        TRY_CAST(ListUnitPrice AS DECIMAL(18, 12)) * TRY_CAST(PricingQuantity AS DECIMAL(18, 12))
                        AS DECIMAL(28, 12)
                    )
            END,
            ContractedCost
        ) AS ListCost,
        CASE WHEN SkuId IS NOT NULL THEN SkuMeter END AS SkuMeter,
        CASE
            WHEN ChargeCategory = 'Tax' THEN NULL
            WHEN must_price THEN coalesce(SkuPriceId, SkuId)
            WHEN $strict AND ($lacks_price) THEN NULL
            ELSE SkuPriceId
        END AS SkuPriceId
    )
    FROM classified
),

measured AS (
    SELECT
        *,
        ChargeCategory = 'Tax' OR ($strict AND SkuPriceId IS NULL) AS unpriced,
        CASE WHEN ContractedCost <> 0 THEN ContractedCost ELSE ListCost END AS worth,
        CASE
            WHEN must_price AND (PricingQuantity IS NULL OR (PricingQuantity = 0 AND $has_price AND worth <> 0)) THEN 1
            ELSE PricingQuantity
        END AS quantity,
        (must_price OR ContractedUnitPrice < 0 OR ListUnitPrice < 0)
            AND ChargeClass IS DISTINCT FROM 'Correction'
            AND ($has_price OR PricingQuantity IS NULL)
            AND (quantity < 0) <> (worth < 0) AND worth <> 0 AS turned
    FROM costed
),

quantified AS (
    SELECT * REPLACE (
        CASE WHEN unpriced THEN NULL WHEN turned THEN -quantity ELSE quantity END AS PricingQuantity
    )
    FROM measured
),

priced AS (
    SELECT * REPLACE (
        CASE
            WHEN unpriced THEN NULL
            WHEN ChargeClass = 'Correction' THEN abs(ContractedUnitPrice)
            WHEN must_price OR ContractedUnitPrice IS NOT NULL
                THEN unit_price(ContractedUnitPrice, PricingQuantity, ContractedCost)
        END AS ContractedUnitPrice,
        CASE
            WHEN unpriced THEN NULL
            WHEN ChargeClass = 'Correction' THEN abs(ListUnitPrice)
            WHEN must_price OR ListUnitPrice IS NOT NULL THEN unit_price(ListUnitPrice, PricingQuantity, ListCost)
        END AS ListUnitPrice,
        CASE WHEN PricingQuantity IS NOT NULL THEN coalesce(PricingUnit, ConsumedUnit, 'Units') END AS PricingUnit,
        CASE
            WHEN unpriced THEN NULL
            WHEN CommitmentDiscountStatus = 'Used' THEN 'Committed'
            WHEN must_price THEN coalesce(listed(PricingCategory, $pricing_categories), 'Standard')
            ELSE listed(PricingCategory, $pricing_categories)
        END AS PricingCategory,
        CASE
            WHEN SkuPriceId IS NULL OR NOT is_object(SkuPriceDetails) THEN NULL
            ELSE CASE
                WHEN NOT is_flat(SkuPriceDetails) THEN NULL
                WHEN sku_keys_known(SkuPriceDetails) THEN SkuPriceDetails
                ELSE with_custom_keys(SkuPriceDetails)
            END
        END AS SkuPriceDetails,
        CASE
            WHEN ChargeCategory <> 'Usage' OR CommitmentDiscountStatus IS NOT DISTINCT FROM 'Unused' OR unpriced THEN NULL
            WHEN must_price THEN coalesce(ConsumedQuantity, PricingQuantity)
            ELSE ConsumedQuantity
        END AS ConsumedQuantity,
        CASE
            WHEN CommitmentDiscountId IS NULL OR unpriced OR ChargeCategory NOT IN ('Usage', 'Purchase') THEN NULL
            WHEN must_price
                THEN coalesce(
                    CommitmentDiscountQuantity,
                    CASE
                        WHEN CommitmentDiscountCategory = 'Usage' THEN PricingQuantity
                        WHEN ChargeCategory = 'Purchase' THEN BilledCost
                        ELSE EffectiveCost
                    END
                )
            ELSE CommitmentDiscountQuantity
        END AS CommitmentDiscountQuantity,
        coalesce(PricingCurrency, BillingCurrency) AS PricingCurrency
    )
    FROM quantified
),

converted AS (
    SELECT * REPLACE (
        CASE
            WHEN ConsumedQuantity IS NOT NULL THEN coalesce(ConsumedUnit, PricingUnit, 'Units')
        END AS ConsumedUnit,
        CASE
            WHEN CommitmentDiscountQuantity IS NULL THEN NULL
            WHEN CommitmentDiscountCategory = 'Usage' THEN coalesce(CommitmentDiscountUnit, PricingUnit, 'Units')
            ELSE coalesce(CommitmentDiscountUnit, BillingCurrency)
        END AS CommitmentDiscountUnit,
        CASE
            WHEN ChargeCategory = 'Credit' AND $has_contracted AND ContractedUnitPrice IS NULL THEN BilledCost
            ELSE ContractedCost
        END AS ContractedCost,
        CASE
            WHEN ChargeCategory = 'Credit' AND $has_list AND ListUnitPrice IS NULL THEN BilledCost
            ELSE ListCost
        END AS ListCost,
        CASE
            WHEN PricingCurrency = BillingCurrency THEN EffectiveCost ELSE PricingCurrencyEffectiveCost
        END AS PricingCurrencyEffectiveCost,
        CASE
            WHEN unpriced THEN NULL
            WHEN PricingCurrency = BillingCurrency AND $has_contracted THEN ContractedUnitPrice
            ELSE abs(PricingCurrencyContractedUnitPrice)
        END AS PricingCurrencyContractedUnitPrice,
        CASE
            WHEN unpriced THEN NULL
            WHEN PricingCurrency = BillingCurrency AND $has_list THEN ListUnitPrice
            ELSE abs(PricingCurrencyListUnitPrice)
        END AS PricingCurrencyListUnitPrice
    )
    FROM priced
)

SELECT $output FROM converted
