-- Oracle's cost reports: one line is an hour of one resource and one product, or a correction of such a line.
SELECT
    $kept,

    -- what it costs
    my_cost AS BilledCost,  -- `cost/myCost`, with the part beyond an annual commitment
    my_cost AS EffectiveCost,  -- `cost/myCost`: the reports have no purchases of commitments
    CAST(NULL AS DECIMAL(28,12)) AS ListCost,  -- unknown: the reports have no public prices
    my_cost AS ContractedCost,  -- `cost/myCost`, which is `cost/unitPrice` × `usage/billedQuantity`
    CASE WHEN NOT correction THEN unit_price END AS ContractedUnitPrice,  -- `cost/unitPrice`
    currency AS BillingCurrency,
    currency AS PricingCurrency,
    my_cost AS PricingCurrencyEffectiveCost,
    CASE WHEN NOT correction THEN unit_price END AS PricingCurrencyContractedUnitPrice,
    my_cost AS x_SourceCost,  -- `cost/myCost`, which Cost analysis shows
    CASE WHEN correction THEN 'Correction' ELSE 'Usage' END AS x_LineItemType,  -- `lineItem/isCorrection`

    -- what kind of charge
    'Usage' AS ChargeCategory,  -- always: the reports have usage alone
    CASE WHEN correction THEN 'Correction' END AS ChargeClass,  -- `lineItem/isCorrection`
    'Usage-Based' AS ChargeFrequency,
    coalesce(description, product_sku, service) AS ChargeDescription,
    CASE WHEN sku IS NOT NULL THEN 'Standard' END AS PricingCategory,

    -- when
    date_trunc('month', interval_start) AS BillingPeriodStart,  -- the month of the interval, in UTC
    date_trunc('month', interval_start) + INTERVAL 1 MONTH AS BillingPeriodEnd,
    interval_start AS ChargePeriodStart,
    CASE WHEN interval_end > interval_start THEN interval_end ELSE interval_start + INTERVAL 1 HOUR END AS ChargePeriodEnd,

    -- who pays, and who is paid
    coalesce(subscription_id, tenant_id, 'unknown') AS BillingAccountId,  -- the subscription, else the tenancy
    CASE WHEN subscription_id IS NOT NULL THEN 'Subscription' ELSE 'Tenancy' END AS BillingAccountType,
    tenant_id AS SubAccountId,
    tenant_id AS SubAccountName,  -- the id: the reports have no name
    CASE WHEN tenant_id IS NOT NULL THEN 'Tenancy' END AS SubAccountType,
    'Oracle' AS InvoiceIssuerName,
    'Oracle' AS ProviderName,
    'Oracle' AS ServiceProviderName,
    'Oracle' AS HostProviderName,
    'Oracle' AS PublisherName,

    -- what was used
    coalesce(service_name, service, 'Other') AS ServiceName,  -- `product/service`, spelled as Oracle does elsewhere: services.csv
    coalesce(service_category, 'Other') AS ServiceCategory,  -- services.csv
    coalesce(service_subcategory, 'Other (Other)') AS ServiceSubcategory,  -- services.csv
    coalesce(region_id, region) AS RegionId,  -- `product/region`; short names become whole ones: regions.csv
    coalesce(region_name, region) AS RegionName,  -- regions.csv
    availability_domain AS AvailabilityZone,
    resource_id AS ResourceId,
    CASE WHEN resource_id IS NOT NULL THEN coalesce(nullif(regexp_extract(resource_id, '^ocid[0-9]*[.]([^.]+)[.]', 1), ''), resource_kind, 'Resource') END AS ResourceType,  -- the second part of the OCID
    CASE WHEN cardinality(tag_columns) > 0 THEN tag_columns END AS Tags,  -- the columns `tags/…`

    -- how much
    CASE WHEN sku IS NOT NULL THEN billed_quantity END AS PricingQuantity,  -- `usage/billedQuantity`
    CASE WHEN sku IS NOT NULL AND billed_quantity IS NOT NULL THEN unit END AS PricingUnit,  -- `cost/skuUnitDescription`, else `cost/billingUnitReadable`; Per is written as /
    CASE WHEN sku IS NOT NULL THEN billed_quantity END AS ConsumedQuantity,
    CASE WHEN sku IS NOT NULL AND billed_quantity IS NOT NULL THEN unit END AS ConsumedUnit,
    sku AS SkuId,  -- `cost/productSku`
    sku AS SkuPriceId,
    CASE WHEN sku IS NOT NULL THEN description END AS SkuMeter
FROM (
    WITH services(key, service_name, service_category, service_subcategory) AS (VALUES $services),
    regions(key, region_id, region_name) AS (VALUES $regions)
    SELECT
        folded.* REPLACE (
            $kept_and_own AS kept
        ),
        services.service_name,
        services.service_category,
        services.service_subcategory,
        regions.region_id,
        regions.region_name
    FROM (
        SELECT
            *,
            upper(trim(currency_code)) AS currency,
            $correction AS correction,
            nullif(product_sku, '') AS sku,
            regexp_replace(coalesce(sku_unit, billing_unit, 'Units'), '(?i)\s+per\s+', '/', 'g') AS unit,
            '{' || concat_ws(',', '"oci_CompartmentId":' || to_json(compartment_id),
                '"oci_CompartmentName":' || to_json(compartment_name),
                '"oci_ReferenceNumber":' || to_json(reference_no),
                '"oci_BackReferenceNumber":' || to_json(backreference_no),
                '"oci_OverageFlag":' || to_json(overage_flag),
                '"oci_UnitPriceOverage":' || to_json(CAST(unit_price_overage AS VARCHAR)),
                '"oci_BilledQuantityOverage":' || to_json(CAST(billed_quantity_overage AS VARCHAR)),
                '"oci_CostOverage":' || to_json(CAST(my_cost_overage AS VARCHAR))) || '}' AS own
        FROM $rows
    ) AS folded
    LEFT JOIN services ON services.key = lower(regexp_replace(service, '[^A-Za-z0-9]', '', 'g'))
    LEFT JOIN regions ON regions.key = lower(region)
)
