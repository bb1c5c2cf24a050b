-- Google Cloud's usage cost export, standard and detailed, as FOCUS charges.
-- A line makes a charge; each of its credits but those of commitments makes one; and what a commitment's fee paid for
-- in that hour makes one, so that the fee itself has no EffectiveCost.
SELECT
    $kept,

    -- cost
    CASE part WHEN 'used' THEN 0 WHEN 'credit' THEN credit.amount ELSE cost + covered END AS BilledCost,  -- `cost`, less the commitment credits that cover it; of a credit its `amount`
    CASE part WHEN 'used' THEN left_over WHEN 'credit' THEN CASE WHEN credit.type = 'FEE_UTILIZATION_OFFSET' THEN 0 ELSE credit.amount END ELSE CASE WHEN fee THEN 0 ELSE cost + covered END END AS EffectiveCost,  -- BilledCost; a commitment's fee has 0, and what it paid for in the same hour is a row of its own
    CASE part WHEN 'used' THEN left_over WHEN 'credit' THEN credit.amount ELSE CASE WHEN regular THEN cost_at_list ELSE coalesce(cost_at_list, cost) END END AS ListCost,  -- `cost_at_list`; unknown where the export lacks it
    CASE part WHEN 'used' THEN left_over WHEN 'credit' THEN credit.amount ELSE coalesce(cost_at_effective_price_default, cost) END AS ContractedCost,  -- `cost_at_effective_price_default`: your prices without commitments; else `cost`
    currency AS BillingCurrency,
    currency AS PricingCurrency,
    EffectiveCost AS PricingCurrencyEffectiveCost,
    CASE WHEN part = 'line' THEN cost END AS x_SourceCost,  -- `cost`, before credits, which the console calls cost
    CASE part WHEN 'used' THEN 'commitment' WHEN 'credit' THEN concat_ws(' ', 'credit', credit.type) ELSE kind END AS x_LineItemType,  -- `cost_type`, or the credit's type

    -- what kind of charge
    CASE
        WHEN part = 'credit' THEN 'Credit'
        WHEN part = 'used' THEN 'Usage'
        WHEN kind = 'tax' THEN 'Tax'
        WHEN fee THEN 'Purchase'
        WHEN regular THEN 'Usage'
        ELSE 'Adjustment'
    END AS ChargeCategory,  -- by `cost_type`; a commitment's fee is a purchase; each of `credits` that is no discount of a commitment is a row
    CASE WHEN adjusted THEN 'Correction' END AS ChargeClass,  -- Correction where `adjustment_info` is filled
    CASE WHEN part = 'used' THEN 'Usage-Based' WHEN part = 'credit' OR NOT regular THEN 'One-Time' WHEN fee THEN 'Recurring' ELSE 'Usage-Based' END AS ChargeFrequency,
    CASE WHEN part = 'credit' THEN coalesce(credit.full_name, credit.name, credit.id, credit.type, 'Credit') WHEN adjusted THEN coalesce(adjustment_info_description, sku_description) ELSE coalesce(sku_description, service_description) END AS ChargeDescription,

    -- when
    period_start AS BillingPeriodStart,  -- first moment of `invoice.month` in Pacific Time
    timezone('America/Los_Angeles', try_strptime(invoice_month, '%Y%m') + INTERVAL 1 MONTH) AS BillingPeriodEnd,  -- first moment of the next month in Pacific Time
    usage_start_time AS ChargePeriodStart,
    CASE WHEN usage_end_time > usage_start_time THEN usage_end_time ELSE usage_start_time + INTERVAL 1 HOUR END AS ChargePeriodEnd,  -- at least an hour after its start: what is no usage has both at the same moment

    -- who
    billing_account_id AS BillingAccountId,
    billing_account_id AS BillingAccountName,
    'Billing Account' AS BillingAccountType,
    project_id AS SubAccountId,
    CASE WHEN project_id IS NOT NULL THEN coalesce(project_name, project_id) END AS SubAccountName,
    CASE WHEN project_id IS NOT NULL THEN 'Project' END AS SubAccountType,
    'Google Cloud' AS ServiceProviderName,
    'Google Cloud' AS ProviderName,
    CASE WHEN partner THEN coalesce(seller_name, 'Google Cloud Marketplace') ELSE 'Google Cloud' END AS PublisherName,  -- `seller_name` of what a partner sells on the Marketplace
    CASE WHEN NOT partner THEN 'Google Cloud' END AS HostProviderName,
    'Google Cloud' AS InvoiceIssuerName,

    -- what
    coalesce(service_description, service_id, 'Google Cloud') AS ServiceName,
    coalesce(services.category, 'Other') AS ServiceCategory,  -- by `service.description`
    coalesce(services.subcategory, 'Other (Other)') AS ServiceSubcategory,  -- by `service.description`
    CASE WHEN part = 'used' THEN commitment ELSE coalesce(resource_global_name, resource_name) END AS ResourceId,
    CASE WHEN part <> 'used' THEN resource_name END AS ResourceName,
    CASE WHEN part = 'used' THEN $commitment_type WHEN coalesce(resource_global_name, resource_name) IS NOT NULL THEN coalesce(nullif(regexp_extract(resource_global_name, '/([^/]+)/[^/]+\z', 1), ''), service_description, 'Resource') END AS ResourceType,  -- the last kind that the global name has, such as `instance`
    region AS RegionId,  -- `location.region`, else `location.location`; what is global has none
    coalesce(regions.name, region) AS RegionName,
    location_zone AS AvailabilityZone,
    CASE WHEN kind <> 'tax' THEN sku_id END AS SkuId,
    CASE WHEN priced THEN concat_ws('/', sku_id, coalesce(regexp_replace(CAST(price_tier_start_amount AS VARCHAR), '\.?0+\z', ''), '0'), CASE WHEN modelled THEN consumption_model_description END) END AS SkuPriceId,  -- SKU and where the price's tier begins
    CASE WHEN kind <> 'tax' AND sku_id IS NOT NULL THEN coalesce(sku_description, sku_id) END AS SkuMeter,
    CASE WHEN len(named) = 0 THEN NULL WHEN len(list_distinct(entry_keys)) = len(entry_keys) THEN map_from_entries(named) ELSE map_from_entries([x FOR x, i IN named IF list_position([n.key FOR n IN named], x.key) = i]) END AS Tags,  -- `labels`, `tags`, `project.labels` and `system_labels`; a key that several have stands for the first of these, and the others keep theirs with a prefix

    -- how much, at what price
    CASE WHEN NOT priced THEN NULL WHEN part = 'used' OR modelled OR (len(covering) > 0 AND NOT fee) THEN 'Committed' WHEN contains(lower(sku_description), 'spot preemptible') THEN 'Dynamic' ELSE 'Standard' END AS PricingCategory,
    CASE WHEN NOT priced THEN NULL WHEN settled THEN left_over ELSE coalesce(usage_amount_in_pricing_units, usage_amount) END AS PricingQuantity,  -- `usage.amount_in_pricing_units`
    CASE WHEN NOT priced THEN NULL WHEN settled THEN currency ELSE coalesce(pricing_units.focus, usage_pricing_unit, consumed_units.focus, usage_unit, 'Units') END AS PricingUnit,  -- `usage.pricing_unit` in FOCUS's spelling
    CASE WHEN NOT priced THEN NULL WHEN settled THEN 1 WHEN one_unit THEN price_list_price END AS ListUnitPrice,
    CASE WHEN NOT priced THEN NULL WHEN settled THEN 1 WHEN one_unit THEN coalesce(price_effective_price_default, price_effective_price) END AS ContractedUnitPrice,  -- your price without commitments
    ListUnitPrice AS PricingCurrencyListUnitPrice,
    ContractedUnitPrice AS PricingCurrencyContractedUnitPrice,
    CASE WHEN used_up THEN usage_amount END AS ConsumedQuantity,  -- `usage.amount`
    CASE WHEN used_up AND usage_amount IS NOT NULL THEN coalesce(consumed_units.focus, usage_unit, pricing_units.focus, usage_pricing_unit, 'Units') END AS ConsumedUnit,

    -- commitments
    commitment AS CommitmentDiscountId,  -- `subscription.instance_id`
    CASE WHEN commitment IS NOT NULL THEN by_spend END AS CommitmentDiscountCategory,  -- Usage for commitments of resources, Spend for those of money
    CASE WHEN commitment IS NOT NULL THEN $commitment_type END AS CommitmentDiscountType,
    CASE WHEN commitment IS NOT NULL THEN CASE WHEN modelled THEN consumption_model_description ELSE coalesce(sku_description, commitment) END END AS CommitmentDiscountName,
    CASE
        WHEN commitment IS NULL OR part = 'credit' OR NOT regular OR (fee AND part = 'line') THEN NULL
        WHEN part = 'line' THEN 'Used'
        WHEN offset_amount = 0 AND (originating OR by_spend = 'Usage') THEN 'Used'
        ELSE 'Unused'
    END AS CommitmentDiscountStatus,  -- of a fee's hour: Used where Google says which product used it, Unused what no usage took
    CASE WHEN commitment IS NULL OR NOT priced THEN NULL WHEN by_spend = 'Usage' THEN coalesce(usage_amount_in_pricing_units, usage_amount) WHEN part = 'used' THEN left_over ELSE cost + covered END AS CommitmentDiscountQuantity,
    CASE WHEN commitment IS NULL OR NOT priced THEN NULL WHEN by_spend = 'Usage' THEN coalesce(pricing_units.focus, usage_pricing_unit, consumed_units.focus, usage_unit, 'Units') ELSE currency END AS CommitmentDiscountUnit,
    reservation AS CapacityReservationId,  -- system labels `compute.googleapis.com/reservation_project_id` and `reservation_name`
    CASE WHEN reservation IS NOT NULL AND regular AND part = 'line' AND NOT fee THEN CASE WHEN reserved_in_vain THEN 'Unused' ELSE 'Used' END END AS CapacityReservationStatus
FROM (
    SELECT
        * EXCLUDE (made),
        made.part AS part,
        made.credit AS credit,
        commitment IS NOT NULL AND NOT fee AND coalesce(lower(consumption_model_description), 'default') <> 'default' AS modelled,
        regular AND part <> 'credit' AS priced,
        part = 'used' AS settled,
        regular AND ((part = 'line' AND NOT fee) OR (part = 'used' AND offset_amount = 0 AND (originating OR by_spend = 'Usage'))) AS used_up,
    FROM (
        SELECT
            * EXCLUDE (kept),
            CASE
                WHEN broken OR NOT (adjusted OR len(covering) > 0 OR consumption_model_description IS NOT NULL) THEN CAST(kept AS MAP(VARCHAR, VARCHAR))
                ELSE map_concat(coalesce(CAST(kept AS MAP(VARCHAR, VARCHAR)), MAP {}), map_from_entries(list_filter([
                    {'key': 'adjustment_info.id', 'value': adjustment_info_id},
                    {'key': 'adjustment_info.mode', 'value': adjustment_info_mode},
                    {'key': 'adjustment_info.type', 'value': adjustment_info_type},
                    {'key': 'consumption_model.description', 'value': consumption_model_description},
                    {'key': 'credits', 'value': CASE WHEN len(covering) > 0 THEN CAST(to_json(covering) AS VARCHAR) END}
                ], lambda pair: pair.value IS NOT NULL)))
            END AS kept,
            unnest(list_concat(
                [{'part': 'line', 'credit': CAST(NULL AS $credit)}],
                CASE WHEN fee AND left_over <> 0 AND NOT broken THEN [{'part': 'used', 'credit': CAST(NULL AS $credit)}] ELSE [] END,
                CASE WHEN broken THEN [] ELSE [{'part': 'credit', 'credit': c} FOR c IN given_credits IF c.amount <> 0] END
            )) AS made
        FROM (
            SELECT
                *,
                cost + covered + offset_amount AS left_over,
                CASE
                    WHEN len(list_distinct(entry_keys)) = len(entry_keys) THEN [{'key': x.key, 'value': x.value} FOR x IN entries]
                    ELSE [{'key': CASE WHEN list_position(entry_keys, x.key) = i THEN x.key ELSE x.other END, 'value': x.value} FOR x, i IN entries]
                END AS named,
                CASE
                    WHEN offset_amount <> 0 OR len([1 FOR c IN covering IF c.type = 'COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE']) > 0 THEN 'Spend'
                    WHEN len(covering) > 0 OR regexp_matches(lower(sku_description), '^commitment v[0-9]') THEN 'Usage'
                    ELSE 'Spend'
                END AS by_spend
            FROM (
                SELECT
                    *,
                    [x.key FOR x IN entries] AS entry_keys,
                    regular AND (
                        offset_amount <> 0
                        OR starts_with(lower(coalesce(sku_description, '')), 'commitment')
                        OR (commitment IS NOT NULL AND len(covering) = 0 AND coalesce(lower(consumption_model_description), 'default') = 'default')
                    ) AS fee
                FROM (
                    SELECT
                        *,
                        kind = 'regular' AS regular,
                        $entries AS entries,
                        coalesce(list_sum([c.amount FOR c IN covering]), 0) AS covered,
                        coalesce(list_sum([c.amount FOR c IN given_credits IF c.type = 'FEE_UTILIZATION_OFFSET']), 0) AS offset_amount
                    FROM (
                        SELECT
                            *,
                            lower(coalesce(cost_type, 'regular')) AS kind,
                            $period AS period_start,
                            subscription_instance_id AS commitment,
                            [c FOR c IN coalesce(credits, []) IF c.type IN ('COMMITTED_USAGE_DISCOUNT', 'COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE')] AS covering,
                            [c FOR c IN coalesce(credits, []) IF coalesce(c.type, '') NOT IN ('COMMITTED_USAGE_DISCOUNT', 'COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE')] AS given_credits,
                            concat(adjustment_info_id, adjustment_info_description, adjustment_info_mode, adjustment_info_type) <> '' AS adjusted,
                            coalesce(invoice_publisher_type = 'PARTNER', false) OR coalesce(starts_with(transaction_type, 'THIRD_PARTY'), false) AS partner,
                            len([1 FOR l IN coalesce(labels, []) IF l.key = 'goog-originating-sku-id']) > 0 AS originating,
                            coalesce(price_pricing_unit_quantity, 1) IN (0, 1) AS one_unit,
                            coalesce(location_region, nullif(location_location, 'global')) AS region,
                            [l.value FOR l IN coalesce(system_labels, []) IF l.key = 'compute.googleapis.com/is_unused_reservation'][1] = 'true' AS reserved_in_vain,
                            nullif(concat_ws('/', [l.value FOR l IN coalesce(system_labels, []) IF l.key = 'compute.googleapis.com/reservation_project_id'][1], [l.value FOR l IN coalesce(system_labels, []) IF l.key = 'compute.googleapis.com/reservation_name'][1]), '') AS reservation
                        FROM $rows
                    )
                )
            )
        )
    )
)
LEFT JOIN (VALUES $services) AS services(service, category, subcategory) ON services.service = service_description
LEFT JOIN (VALUES $regions) AS regions(id, name) ON regions.id = region
LEFT JOIN (VALUES $units) AS pricing_units(unit, focus) ON pricing_units.unit = rtrim(replace(lower(usage_pricing_unit), '-', ' '), 's')
LEFT JOIN (VALUES $units) AS consumed_units(unit, focus) ON consumed_units.unit = rtrim(replace(lower(usage_unit), '-', ' '), 's')
