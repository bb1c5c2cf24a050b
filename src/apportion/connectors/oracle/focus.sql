-- Oracle's FOCUS reports: what differs from FOCUS, mended.
SELECT
    $kept,
    coalesce("EffectiveCost", "BilledCost") AS EffectiveCost,  -- as it is, else BilledCost
    CASE WHEN "ListCost" = 0 AND "BilledCost" <> 0 THEN NULL ELSE "ListCost" END AS ListCost,  -- empty where Oracle writes 0 for what does cost
    CASE WHEN "ListUnitPrice" = 0 AND "BilledCost" <> 0 THEN NULL ELSE "ListUnitPrice" END AS ListUnitPrice,  -- likewise
    CASE WHEN "ContractedCost" = 0 AND "BilledCost" <> 0 THEN NULL ELSE "ContractedCost" END AS ContractedCost,  -- empty in Oracle's reports
    CASE WHEN "ChargeClass" IS NOT NULL OR back_reference IS NOT NULL OR charge_subcategory ILIKE 'refund' THEN 'Correction' END AS ChargeClass,  -- lines that correct another one: `oci_BackReferenceNumber`
    coalesce("ChargeCategory", 'Usage') AS ChargeCategory,  -- as it is
    CASE WHEN coalesce("ChargeCategory", 'Usage') = 'Usage' THEN 'Usage-Based' WHEN "ChargeFrequency" IN ('One-Time', 'Recurring') THEN "ChargeFrequency" ELSE 'One-Time' END AS ChargeFrequency,  -- `Usage-based` is Usage-Based
    CASE
        WHEN "SkuPriceId" IS NULL OR coalesce("ChargeCategory", 'Usage') NOT IN ('Usage', 'Purchase') THEN NULL
        WHEN "CommitmentDiscountId" IS NOT NULL THEN 'Committed'
        WHEN "PricingCategory" IN ('Dynamic', 'Committed', 'Other') THEN "PricingCategory"
        ELSE 'Standard'
    END AS PricingCategory,  -- On-Demand is Standard
    CASE WHEN "SkuPriceId" IS NOT NULL THEN "PricingQuantity" END AS PricingQuantity,  -- empty where nothing is priced
    CASE WHEN "SkuPriceId" IS NOT NULL AND "PricingQuantity" IS NOT NULL THEN regexp_replace(coalesce("PricingUnit", 'Units'), '(?i)\s+per\s+', '/', 'g') END AS PricingUnit,  -- as it is; Per is written as /
    CASE WHEN "SkuPriceId" IS NOT NULL THEN "ConsumedQuantity" END AS ConsumedQuantity,  -- `UsageQuantity`
    CASE WHEN "SkuPriceId" IS NOT NULL AND "ConsumedQuantity" IS NOT NULL THEN regexp_replace(coalesce("ConsumedUnit", 'Units'), '(?i)\s+per\s+', '/', 'g') END AS ConsumedUnit,  -- `UsageUnit`
    date_trunc('month', "BillingPeriodStart") AS BillingPeriodStart,  -- the first of the month
    CASE WHEN "BillingPeriodEnd" IS NULL THEN date_trunc('month', "BillingPeriodStart") + INTERVAL 1 MONTH WHEN day("BillingPeriodEnd") = 1 THEN date_trunc('day', "BillingPeriodEnd") ELSE date_trunc('month', "BillingPeriodEnd") + INTERVAL 1 MONTH END AS BillingPeriodEnd,  -- the first of the next month
    CASE WHEN "ChargePeriodEnd" > "ChargePeriodStart" THEN "ChargePeriodEnd" ELSE "ChargePeriodStart" + INTERVAL 1 HOUR END AS ChargePeriodEnd,  -- as it is
    CASE WHEN "SubAccountId" IS NOT NULL THEN coalesce("SubAccountName", "SubAccountId") END AS SubAccountName,  -- as it is, else the id
    CASE WHEN "SubAccountId" IS NOT NULL THEN coalesce("SubAccountType", 'Tenancy') END AS SubAccountType,
    coalesce("BillingAccountType", 'Subscription') AS BillingAccountType,
    coalesce(region_id, "RegionId") AS RegionId,  -- `Region`; short names become whole ones: regions.csv
    CASE WHEN "RegionId" IS NOT NULL THEN coalesce("RegionName", region_name, "RegionId") END AS RegionName,  -- regions.csv
    CASE WHEN "ResourceId" IS NOT NULL THEN coalesce("ResourceType", nullif(regexp_extract("ResourceId", '^ocid[0-9]*[.]([^.]+)[.]', 1), ''), 'Resource') END AS ResourceType,  -- as it is, else the second part of the OCID
    CASE WHEN "ResourceId" IS NOT NULL THEN "ResourceName" END AS ResourceName,  -- as it is
    coalesce("InvoiceIssuerName", 'Oracle') AS InvoiceIssuerName,  -- `InvoiceIssuer`
    coalesce("ProviderName", "ServiceProviderName", 'Oracle') AS ProviderName,  -- `Provider`
    coalesce("ServiceProviderName", "ProviderName", 'Oracle') AS ServiceProviderName,  -- `Provider`
    coalesce("HostProviderName", 'Oracle') AS HostProviderName,
    coalesce("PublisherName", 'Oracle') AS PublisherName,  -- `Publisher`
    coalesce("ServiceName", 'Other') AS ServiceName,  -- as it is
    coalesce(service_category, CASE WHEN "ServiceCategory" IN ($categories) THEN "ServiceCategory" END, 'Other') AS ServiceCategory,  -- services.csv, else as it is
    coalesce("ServiceSubcategory", service_subcategory, 'Other (' || CASE WHEN "ServiceCategory" IN ($categories) THEN "ServiceCategory" ELSE 'Other' END || ')') AS ServiceSubcategory,  -- services.csv
    CASE WHEN cardinality(tag_columns) > 0 THEN map_concat(coalesce("Tags", MAP {}), tag_columns) ELSE "Tags" END AS Tags,  -- as they are, with the columns `tags/…`
    coalesce("PricingCurrency", "BillingCurrency") AS PricingCurrency,
    coalesce("PricingCurrencyEffectiveCost", "EffectiveCost", "BilledCost") AS PricingCurrencyEffectiveCost,
    coalesce("x_LineItemType", "ChargeCategory", 'Usage') AS x_LineItemType,  -- ChargeCategory
    coalesce("x_SourceCost", "BilledCost") AS x_SourceCost  -- BilledCost
FROM (
    WITH services(key, service_name, service_category, service_subcategory) AS (VALUES $services),
    regions(key, region_id, region_name) AS (VALUES $regions)
    SELECT row.*, services.service_category, services.service_subcategory, regions.region_id, regions.region_name
    FROM $rows AS row
    LEFT JOIN services ON services.key = lower(regexp_replace("ServiceName", '[^A-Za-z0-9]', '', 'g'))
    LEFT JOIN regions ON regions.key = lower("RegionId")
)
