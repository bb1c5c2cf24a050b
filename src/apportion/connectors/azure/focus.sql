-- Microsoft's FOCUS exports (1.0-preview, 1.0, 1.0r2, 1.2-preview): what differs from FOCUS, mended.
SELECT
    $kept,
    CASE WHEN covered THEN 0 ELSE "BilledCost" END AS BilledCost,  -- as it is; 0 for usage that a commitment pays for
    CASE WHEN purchase THEN 0 ELSE coalesce("EffectiveCost", CASE WHEN category NOT IN ('Usage', 'Purchase') THEN "BilledCost" END) END AS EffectiveCost,  -- as it is; 0 for buying a commitment
    CASE WHEN "ListCost" = 0 AND coalesce("EffectiveCost", "BilledCost") <> 0 THEN NULL ELSE "ListCost" END AS ListCost,  -- empty where Microsoft writes 0 for what does cost: the price is not known
    CASE WHEN "ContractedCost" = 0 AND coalesce("EffectiveCost", "BilledCost") <> 0 THEN NULL ELSE "ContractedCost" END AS ContractedCost,  -- likewise
    CASE WHEN category NOT IN ('Usage', 'Purchase') OR ("ListUnitPrice" = 0 AND coalesce("EffectiveCost", "BilledCost") <> 0) THEN NULL ELSE "ListUnitPrice" END AS ListUnitPrice,  -- likewise
    CASE WHEN category NOT IN ('Usage', 'Purchase') OR ("ContractedUnitPrice" = 0 AND coalesce("EffectiveCost", "BilledCost") <> 0) THEN NULL ELSE "ContractedUnitPrice" END AS ContractedUnitPrice,  -- likewise
    category AS ChargeCategory,  -- as it is; 1.0-preview's refunds are purchases
    CASE WHEN "ChargeClass" IS NOT NULL OR charge_subcategory = 'Refund' THEN 'Correction' END AS ChargeClass,  -- as it is; 1.0-preview says it in ChargeSubcategory
    CASE
        WHEN category = 'Usage' THEN 'Usage-Based'
        WHEN "ChargeFrequency" IN ('Recurring', 'One-Time') THEN "ChargeFrequency"
        ELSE 'One-Time'
    END AS ChargeFrequency,  -- usage is always Usage-Based, anything else never
    CASE
        WHEN category NOT IN ('Usage', 'Purchase') OR "SkuPriceId" IS NULL THEN NULL
        WHEN priced IN ('ondemand', 'standard') THEN 'Standard'
        WHEN priced IN ('committed', 'commitmentbased', 'commitment', 'commitmentdiscount') THEN 'Committed'
        WHEN priced IN ('dynamic', 'spot') THEN 'Dynamic'
        WHEN priced <> '' THEN 'Other'
    END AS PricingCategory,  -- 1.0-preview: On-Demand is Standard, Commitment-Based is Committed; empty without a SkuPriceId
    CASE WHEN category IN ('Usage', 'Purchase') AND "SkuPriceId" IS NOT NULL THEN "PricingQuantity" END AS PricingQuantity,  -- empty where nothing is priced
    CASE WHEN category IN ('Usage', 'Purchase') AND "SkuPriceId" IS NOT NULL AND "PricingQuantity" IS NOT NULL THEN "PricingUnit" END AS PricingUnit,  -- likewise
    CASE WHEN category IN ('Usage', 'Purchase') THEN "SkuId" END AS SkuId,  -- empty where nothing is priced
    CASE WHEN category IN ('Usage', 'Purchase') THEN "SkuPriceId" END AS SkuPriceId,  -- likewise
    CASE WHEN category = 'Usage' AND status IS DISTINCT FROM 'Unused' AND "SkuPriceId" IS NOT NULL THEN "ConsumedQuantity" END AS ConsumedQuantity,  -- only for usage; of unused commitments nothing is consumed
    CASE WHEN category = 'Usage' AND status IS DISTINCT FROM 'Unused' AND "SkuPriceId" IS NOT NULL AND "ConsumedQuantity" IS NOT NULL THEN "ConsumedUnit" END AS ConsumedUnit,  -- likewise
    date_trunc('month', "BillingPeriodStart") AS BillingPeriodStart,  -- the first of the month
    CASE
        WHEN "BillingPeriodEnd" IS NULL THEN date_trunc('month', "BillingPeriodStart") + INTERVAL 1 MONTH
        WHEN day("BillingPeriodEnd") = 1 THEN date_trunc('day', "BillingPeriodEnd")
        ELSE date_trunc('day', "BillingPeriodEnd") + INTERVAL 1 DAY
    END AS BillingPeriodEnd,  -- the first of the next month, also where the last day is written
    CASE
        WHEN "ChargePeriodEnd" > "ChargePeriodStart" THEN CASE WHEN date_part('second', "ChargePeriodEnd") = 59 THEN date_trunc('second', "ChargePeriodEnd") + INTERVAL 1 SECOND ELSE "ChargePeriodEnd" END
        ELSE date_trunc('day', "ChargePeriodStart") + INTERVAL 1 DAY
    END AS ChargePeriodEnd,  -- the next day, also where the day itself is written
    status AS CommitmentDiscountStatus,  -- as it is; 1.0-preview says it in ChargeSubcategory
    CASE WHEN "CommitmentDiscountId" IS NOT NULL THEN coalesce("CommitmentDiscountName", "CommitmentDiscountId") END AS CommitmentDiscountName,
    CASE WHEN status = 'Unused' THEN "CommitmentDiscountId" ELSE "ResourceId" END AS ResourceId,  -- of unused commitments the commitment
    CASE WHEN status = 'Unused' THEN coalesce("CommitmentDiscountName", "CommitmentDiscountId") WHEN "ResourceId" IS NOT NULL THEN coalesce("ResourceName", nullif(regexp_extract("ResourceId", '([^/]+)/*\z', 1), '')) END AS ResourceName,  -- as it is, else the last part of the id
    CASE WHEN status = 'Unused' THEN "CommitmentDiscountType" WHEN "ResourceId" IS NOT NULL THEN coalesce("ResourceType", 'Resource') END AS ResourceType,  -- as it is
    CASE WHEN "SubAccountId" IS NOT NULL THEN coalesce("SubAccountName", "SubAccountId") END AS SubAccountName,  -- as it is, else the id
    CASE WHEN "SubAccountId" IS NOT NULL THEN coalesce("SubAccountType", 'Subscription') END AS SubAccountType,  -- as it is, else Subscription
    coalesce("BillingAccountType", CASE WHEN contains(lower("BillingAccountId"), 'billingprofiles') THEN 'Billing Profile' ELSE 'Billing Account' END) AS BillingAccountType,  -- as it is, else by the id
    CASE WHEN "RegionId" IS NOT NULL THEN coalesce("RegionName", "RegionId") END AS RegionName,  -- as it is, else the id
    coalesce("InvoiceIssuerName", 'Microsoft') AS InvoiceIssuerName,  -- as it is, else Microsoft
    coalesce("ProviderName", "ServiceProviderName", 'Microsoft') AS ProviderName,  -- as it is, else Microsoft
    coalesce("ServiceProviderName", "ProviderName", 'Microsoft') AS ServiceProviderName,  -- as ProviderName
    coalesce("PublisherName", 'Microsoft') AS PublisherName,  -- as it is, else Microsoft
    coalesce("HostProviderName", CASE WHEN coalesce("PublisherName", 'Microsoft') ILIKE 'Microsoft%' THEN 'Microsoft' END) AS HostProviderName,  -- Microsoft for its own services
    coalesce("ServiceName", 'Other') AS ServiceName,  -- as it is
    coalesce("ServiceCategory", 'Other') AS ServiceCategory,  -- as it is
    coalesce("ServiceSubcategory", 'Other (' || coalesce("ServiceCategory", 'Other') || ')') AS ServiceSubcategory,  -- as it is; before 1.2 not given
    coalesce("PricingCurrency", "BillingCurrency") AS PricingCurrency,  -- as it is
    coalesce("PricingCurrencyEffectiveCost", CASE WHEN coalesce("PricingCurrency", "BillingCurrency") = "BillingCurrency" THEN CASE WHEN purchase THEN 0 ELSE "EffectiveCost" END END) AS PricingCurrencyEffectiveCost,  -- as it is, or EffectiveCost in the same currency
    coalesce("x_LineItemType", "ChargeCategory") AS x_LineItemType,  -- ChargeCategory
    coalesce("x_SourceCost", "BilledCost") AS x_SourceCost  -- BilledCost
FROM (
    SELECT
        *,
        category = 'Purchase' AND "CommitmentDiscountId" IS NOT NULL AS purchase,
        category = 'Usage' AND "CommitmentDiscountId" IS NOT NULL AND priced LIKE 'commit%' AS covered,
        CASE WHEN category = 'Usage' AND "CommitmentDiscountId" IS NOT NULL THEN coalesce("CommitmentDiscountStatus", CASE WHEN charge_subcategory ILIKE 'unused%' THEN 'Unused' ELSE 'Used' END) END AS status
    FROM (
        SELECT
            *,
            CASE WHEN charge_subcategory = 'Refund' AND "ChargeCategory" = 'Adjustment' THEN 'Purchase' ELSE "ChargeCategory" END AS category,
            lower(regexp_replace(coalesce("PricingCategory", ''), '[^A-Za-z]', '', 'g')) AS priced
        FROM $rows
    )
)
