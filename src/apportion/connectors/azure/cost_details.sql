-- Cost details of EA, MCA and pay-as-you-go: the parts in dollar signs differ between actual and amortized costs.
SELECT
    $kept,

    -- what it costs
    CAST($billed AS DECIMAL(28,12)) AS BilledCost,  -- the cost; 0 for usage that a reservation or savings plan pays for
    CAST($effective AS DECIMAL(28,12)) AS EffectiveCost,  -- the cost; 0 for buying a reservation or savings plan, whose amortized usage has it
    CASE
        WHEN category NOT IN ('Usage', 'Purchase') THEN line_cost
        WHEN payg_cost <> 0 OR (line_cost = 0 AND NOT committed) THEN coalesce(payg_cost, CAST(TRY(list_price * pricing_quantity) AS DECIMAL(28,12)))
        ELSE CAST(TRY(list_price * pricing_quantity) AS DECIMAL(28,12))
    END AS ListCost,  -- MCA: `paygCostInBillingCurrency`; else `PayGPrice` × PricingQuantity; empty where Azure gives neither, or 0 for what does cost
    CASE
        WHEN category NOT IN ('Usage', 'Purchase') THEN line_cost
        ELSE CAST(TRY(contracted_price * pricing_quantity) AS DECIMAL(28,12))
    END AS ContractedCost,  -- `UnitPrice` × PricingQuantity; empty without a price
    CASE WHEN category IN ('Usage', 'Purchase') THEN list_price END AS ListUnitPrice,  -- `PayGPrice`, in the billing currency
    CASE WHEN category IN ('Usage', 'Purchase') THEN contracted_price END AS ContractedUnitPrice,  -- `UnitPrice`, in the billing currency
    currency AS BillingCurrency,  -- three letters
    coalesce(pricing_currency, currency) AS PricingCurrency,
    CASE
        WHEN coalesce(pricing_currency, currency) = currency THEN CAST($effective AS DECIMAL(28,12))
        WHEN $effective = 0 THEN 0
        ELSE cost_in_pricing_currency
    END AS PricingCurrencyEffectiveCost,  -- EffectiveCost, or the cost in the pricing currency
    CASE WHEN category IN ('Usage', 'Purchase') AND list_price IS NOT NULL THEN payg_price END AS PricingCurrencyListUnitPrice,  -- `PayGPrice`
    CASE WHEN category IN ('Usage', 'Purchase') AND contracted_price IS NOT NULL THEN unit_price END AS PricingCurrencyContractedUnitPrice,  -- `UnitPrice`
    line_cost AS x_SourceCost,  -- the cost as Cost analysis shows it for this kind of export
    $kind AS x_LineItemType,  -- `ChargeType`

    -- what kind of charge
    category AS ChargeCategory,  -- `ChargeType`: unused commitments are Usage, refunds Purchase, rounding Adjustment
    CASE WHEN kind_word = 'refund' THEN 'Correction' END AS ChargeClass,  -- refunds
    CASE
        WHEN category = 'Usage' THEN 'Usage-Based'
        WHEN frequency_word = 'recurring' THEN 'Recurring'
        ELSE 'One-Time'
    END AS ChargeFrequency,  -- `Frequency`; usage is always Usage-Based, anything else never
    coalesce(product, product_order_name, nullif(concat_ws(' - ', meter_category, meter_subcategory, meter_name), ''), consumed_service, kind) AS ChargeDescription,  -- the product, else the meter
    CASE
        WHEN category NOT IN ('Usage', 'Purchase') OR sku_price IS NULL THEN NULL
        WHEN committed AND category = 'Usage' THEN 'Committed'
        WHEN model_word = 'spot' OR regexp_matches(meter_name, '(?i)\bspot\z') THEN 'Dynamic'
        ELSE 'Standard'
    END AS PricingCategory,  -- Reservation and SavingsPlan: Committed; Spot: Dynamic; buying a commitment is Standard
    invoice_id AS InvoiceId,

    -- when
    period_start AS BillingPeriodStart,  -- the columns of the billing period, else `BillingPeriod`, else the month of the day
    CASE
        WHEN billing_period_end IS NULL OR billing_period_end <= period_start THEN period_start + INTERVAL 1 MONTH
        WHEN day(billing_period_end) = 1 AND day(period_start) = 1 THEN date_trunc('day', billing_period_end)
        ELSE date_trunc('day', billing_period_end) + INTERVAL 1 DAY
    END AS BillingPeriodEnd,  -- the day after the last day
    date_trunc('day', usage_date) AS ChargePeriodStart,  -- the day
    date_trunc('day', usage_date) + INTERVAL 1 DAY AS ChargePeriodEnd,  -- the day after

    -- who pays, and who is paid
    coalesce(billing_profile_id, billing_account_id, subscription_id, 'unknown') AS BillingAccountId,  -- MCA: the billing profile; EA: the enrollment; without both the subscription
    CASE
        WHEN billing_profile_id IS NOT NULL THEN coalesce(billing_profile_name, billing_profile_id)
        WHEN billing_account_id IS NOT NULL THEN coalesce(billing_account_name, billing_account_id)
        ELSE subscription_name
    END AS BillingAccountName,
    CASE
        WHEN billing_profile_id IS DISTINCT FROM billing_account_id AND billing_profile_id IS NOT NULL THEN 'Billing Profile'
        WHEN billing_account_id IS NOT NULL OR subscription_id IS NULL THEN 'Billing Account'
        ELSE 'Subscription'
    END AS BillingAccountType,  -- Billing Profile, Billing Account or Subscription
    subscription_id AS SubAccountId,
    CASE WHEN subscription_id IS NOT NULL THEN coalesce(subscription_name, subscription_id) END AS SubAccountName,
    CASE WHEN subscription_id IS NOT NULL THEN 'Subscription' END AS SubAccountType,  -- Subscription
    coalesce(reseller_name, 'Microsoft') AS InvoiceIssuerName,  -- Microsoft, or the partner
    'Microsoft' AS ProviderName,
    'Microsoft' AS ServiceProviderName,
    CASE WHEN NOT marketplace THEN 'Microsoft' END AS HostProviderName,
    CASE WHEN marketplace THEN coalesce(publisher_name, 'Marketplace') ELSE 'Microsoft' END AS PublisherName,  -- the publisher of Marketplace offers, else Microsoft

    -- what was used
    CASE WHEN marketplace THEN coalesce(product_order_name, product, publisher_name, 'Marketplace')
        ELSE coalesce(service, known_meter, consumed_service, 'Other') END AS ServiceName,  -- by the resource's type, its provider, `ConsumedService` or `MeterCategory`: services.csv
    coalesce(service_category, 'Other') AS ServiceCategory,  -- services.csv
    coalesce(service_subcategory, 'Other (Other)') AS ServiceSubcategory,  -- services.csv
    coalesce(region_id, location_key) AS RegionId,  -- `ResourceLocation` in Azure's own spelling: regions.csv
    coalesce(region_name, CASE WHEN location_key IS NOT NULL THEN resource_location END) AS RegionName,  -- regions.csv
    availability_zone AS AvailabilityZone,
    CASE WHEN unused THEN commitment ELSE resource_id END AS ResourceId,  -- of unused commitments the commitment
    CASE
        WHEN unused OR (commitment_purchase AND resource_id IS NOT NULL) THEN coalesce(commitment_name, commitment)
        WHEN resource_id IS NOT NULL THEN coalesce(resource_name, nullif(regexp_extract(resource_id, '([^/]+)/*\z', 1), ''))
    END AS ResourceName,  -- the name, else the last part of the id
    CASE
        WHEN unused OR (commitment_purchase AND resource_id IS NOT NULL) THEN commitment_type
        WHEN resource_id IS NOT NULL THEN coalesce(resource_type, resource_kind, 'Resource')
    END AS ResourceType,  -- as in the resource's id, such as Microsoft.Compute/virtualMachines
    tags AS Tags,

    -- how much, at which price
    CASE WHEN category IN ('Usage', 'Purchase') AND sku_price IS NOT NULL THEN pricing_quantity END AS PricingQuantity,  -- `Quantity` in blocks: divided by the block's size, where the line's own cost does not show that it is counted in blocks already
    CASE
        WHEN category NOT IN ('Usage', 'Purchase') OR pricing_quantity IS NULL OR sku_price IS NULL THEN NULL
        WHEN block > 1 THEN block || ' ' || unit
        ELSE unit
    END AS PricingUnit,  -- the block, such as 100 Hours: units.csv
    CASE WHEN category = 'Usage' AND NOT unused AND sku_price IS NOT NULL THEN consumed_quantity END AS ConsumedQuantity,  -- in units
    CASE WHEN category = 'Usage' AND NOT unused AND sku_price IS NOT NULL AND consumed_quantity IS NOT NULL THEN unit END AS ConsumedUnit,  -- the unit without the block's size: units.csv
    CASE WHEN category IN ('Usage', 'Purchase') THEN coalesce(product_id, meter_id, part_number) END AS SkuId,  -- MCA: `ProductId`; else `MeterId`
    CASE WHEN category IN ('Usage', 'Purchase') THEN sku_price END AS SkuPriceId,  -- EA: `PartNumber`; else as SkuId
    CASE WHEN category IN ('Usage', 'Purchase') AND coalesce(product_id, meter_id, part_number) IS NOT NULL THEN meter_name END AS SkuMeter,

    -- commitments
    commitment AS CommitmentDiscountId,  -- `benefitId`, else from `ProductOrderId` and `ReservationId`
    CASE WHEN commitment IS NOT NULL THEN coalesce(commitment_name, commitment) END AS CommitmentDiscountName,
    CASE WHEN commitment IS NOT NULL THEN CASE WHEN commitment_type = 'Savings Plan' THEN 'Spend' ELSE 'Usage' END END AS CommitmentDiscountCategory,  -- reservations are about usage, savings plans about spend
    CASE WHEN commitment IS NOT NULL THEN commitment_type END AS CommitmentDiscountType,  -- Reservation or Savings Plan
    CASE WHEN commitment IS NOT NULL AND category = 'Usage' THEN CASE WHEN unused THEN 'Unused' ELSE 'Used' END END AS CommitmentDiscountStatus,  -- Unused for UnusedReservation and UnusedSavingsPlan
    CASE
        WHEN commitment IS NULL OR category NOT IN ('Usage', 'Purchase') THEN NULL
        WHEN commitment_type = 'Savings Plan' THEN line_cost
        ELSE CAST(TRY(consumed_quantity * coalesce(TRY_CAST(nullif(regexp_extract(additional_info, '"RINormalizationRatio"\s*:\s*"?([0-9.]+)', 1), '') AS DECIMAL(12,6)), 1)) AS DECIMAL(38,12))
    END AS CommitmentDiscountQuantity,  -- reservations: the quantity by the ratio of sizes that `AdditionalInfo` has; savings plans: the amortized amount
    CASE
        WHEN commitment IS NULL OR category NOT IN ('Usage', 'Purchase') THEN NULL
        WHEN commitment_type = 'Savings Plan' THEN currency
        WHEN consumed_quantity IS NOT NULL THEN unit
    END AS CommitmentDiscountUnit
FROM (
    WITH services(key, service, category, subcategory) AS (VALUES $services),
    regions(key, region_id, region_name) AS (VALUES $regions),
    units(key, unit) AS (VALUES $units)
    SELECT
        priced.* REPLACE (
            $kept_and_own AS kept
        ),
        CASE WHEN block IS NULL THEN NULL WHEN block = 1 OR in_blocks THEN quantity
            ELSE CAST((CAST(TRY(CAST(quantity AS DECIMAL(26,12)) * 1000000000000) AS HUGEINT) // block)
                * 0.000000000001 AS DECIMAL(38,12)) END AS pricing_quantity,
        CASE WHEN in_blocks THEN CAST(TRY(quantity * block) AS DECIMAL(38,12)) ELSE quantity END AS consumed_quantity,
        coalesce(units.unit, nullif(trim(unit_rest), ''), 'Units') AS unit,
        CASE WHEN marketplace THEN of_meter.service ELSE coalesce(of_kind.service, of_space.service, of_meter.service, of_provider.service) END AS service,
        CASE WHEN marketplace THEN of_meter.category ELSE coalesce(of_kind.category, of_space.category, of_meter.category, of_provider.category) END AS service_category,
        CASE WHEN marketplace THEN of_meter.subcategory ELSE coalesce(of_kind.subcategory, of_space.subcategory, of_meter.subcategory, of_provider.subcategory) END AS service_subcategory,
        regions.region_id,
        regions.region_name
    FROM (
        SELECT
            *,
            -- A quantity counts blocks where price × quantity comes closer to the line's cost without dividing it.
            coalesce(block > 1 AND abs(spent - worth) < abs(spent * block - worth), false) AS in_blocks
        FROM (
            SELECT
                *,
                abs(CAST(line_cost AS DOUBLE)) AS spent,
                nullif(abs(CAST(contracted_price AS DOUBLE) * CAST(quantity AS DOUBLE)), 0) AS worth,
                CASE WHEN unused OR commitment_purchase OR (committed AND category = 'Usage') THEN commitment_path END AS commitment
            FROM (
                SELECT
                    *,
                    CASE
                        WHEN unused OR kind_word = 'usage' THEN 'Usage'
                        WHEN kind_word IN ('purchase', 'refund') THEN 'Purchase'
                        WHEN kind_word = 'tax' THEN 'Tax'
                        WHEN kind_word = 'credit' THEN 'Credit'
                        ELSE 'Adjustment'
                    END AS category,
                    coalesce(part_number, product_id, meter_id) AS sku_price,
                    coalesce(benefit_name, reservation_name, product_order_name) AS commitment_name,
                    CASE
                        WHEN model_word = 'savingsplan' OR kind_word = 'unusedsavingsplan' THEN 'Savings Plan'
                        WHEN contains(lower(benefit_id), 'billingbenefits') THEN 'Savings Plan'
                        ELSE 'Reservation'
                    END AS commitment_type,
                    coalesce(
                        benefit_id,
                        CASE
                            WHEN starts_with(reservation_id, '/') THEN reservation_id
                            WHEN reservation_id <> product_order_id THEN '/providers/Microsoft.Capacity/reservationOrders/'
                                || product_order_id || '/reservations/' || reservation_id
                            ELSE '/providers/Microsoft.Capacity/reservationOrders/' || coalesce(reservation_id, product_order_id)
                        END
                    ) AS commitment_path,
                    CASE WHEN unit_price <> 0 OR (line_cost = 0 AND NOT committed) THEN
                        CASE WHEN foreign_prices THEN CAST(TRY(unit_price * exchange_rate) AS DECIMAL(38,12)) ELSE unit_price END
                    END AS contracted_price,
                    CASE WHEN payg_price <> 0 OR (line_cost = 0 AND NOT committed) THEN
                        CASE WHEN foreign_prices THEN CAST(TRY(payg_price * exchange_rate) AS DECIMAL(38,12)) ELSE payg_price END
                    END AS list_price,
                    CASE WHEN unit_of_measure IS NOT NULL THEN
                        greatest(1, coalesce(TRY_CAST(replace(regexp_extract(unit_of_measure, '^\s*([0-9][0-9,]*)', 1), ',', '') AS BIGINT), 1))
                        * CASE regexp_extract(unit_of_measure, '^\s*[0-9][0-9,]*([KMB])(?:[ /]|\z)', 1)
                            WHEN 'K' THEN 1000 WHEN 'M' THEN 1000000 WHEN 'B' THEN 1000000000 ELSE 1 END
                    END AS block,
                    regexp_replace(unit_of_measure, '^\s*[0-9][0-9,]*(?:[KMB]([ /]|\z))?', '\1') AS unit_rest,
                    CASE WHEN resource_space <> '' THEN resource_space || '/' || regexp_replace(resource_tail, '([^/]+)/[^/]+', '\1', 'g') END AS resource_kind,
                    '{' || concat_ws(',', '"x_ResourceGroupName":' || to_json(resource_group), '"x_CostCenter":' || to_json(cost_center),
                        '"x_AccountName":' || to_json(account_name), '"x_InvoiceSectionId":' || to_json(invoice_section_id),
                        '"x_InvoiceSectionName":' || to_json(invoice_section_name), '"x_SkuMeterCategory":' || to_json(meter_category),
                        '"x_SkuMeterSubcategory":' || to_json(meter_subcategory),
                        '"x_EffectiveUnitPrice":' || to_json(CAST(effective_price AS VARCHAR)),
                        '"x_SkuDetails":' || to_json(additional_info)) || '}' AS own
                FROM (
                    SELECT
                        *,
                        kind_word IN ('unusedreservation', 'unusedsavingsplan') AS unused,
                        $commitment_purchase AS commitment_purchase,
                        model_word IN ('reservation', 'savingsplan') OR starts_with(kind_word, 'unused')
                            OR (model_word = '' AND (reservation_id IS NOT NULL OR benefit_id IS NOT NULL)) AS committed,
                        coalesce(pricing_currency <> currency, false) AS foreign_prices,
                        contains(lower(coalesce(publisher_type, '')), 'marketplace') AS marketplace,
                        CASE WHEN meter_category NOT IN ('Unassigned', 'Not applicable') THEN meter_category END AS known_meter,
                        regexp_extract(resource_id, '(?i)^.*/providers/([^/]+)/', 1) AS resource_space,
                        regexp_extract(resource_id, '(?i)^.*/providers/[^/]+/(.+?)/*\z', 1) AS resource_tail,
                        nullif(nullif(lower(regexp_replace(resource_location, '[\W_]', '', 'g')), 'unassigned'), '') AS location_key
                    FROM (
                        SELECT
                            * REPLACE (upper(trim(pricing_currency)) AS pricing_currency),
                            $currency AS currency,
                            $period AS period_start,
                            coalesce(charge_type, 'Usage') AS kind,
                            lower(regexp_replace(coalesce(charge_type, 'Usage'), '[^A-Za-z]', '', 'g')) AS kind_word,
                            lower(regexp_replace(coalesce(pricing_model, ''), '[^A-Za-z]', '', 'g')) AS model_word,
                            lower(regexp_replace(coalesce(frequency, ''), '[^A-Za-z]', '', 'g')) AS frequency_word
                        FROM $rows
                    )
                )
            )
        )
    ) AS priced
    LEFT JOIN units ON units.key = lower(regexp_replace(unit_rest, '\s', '', 'g'))
    LEFT JOIN regions ON regions.key = location_key
    LEFT JOIN services AS of_kind ON of_kind.key = lower(resource_kind)
    LEFT JOIN services AS of_space ON of_space.key = lower(resource_space)
    LEFT JOIN services AS of_meter ON of_meter.key = lower(meter_category)
    LEFT JOIN services AS of_provider ON of_provider.key = lower(consumed_service)
)
WHERE broken OR $taken
