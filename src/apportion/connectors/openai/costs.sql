-- OpenAI's costs as FOCUS charges: one row for each day, project and line item.
SELECT
    $kept,

    -- what it costs
    amount_value AS BilledCost,  -- `amount.value`
    amount_value AS EffectiveCost,  -- `amount.value`: the report has no purchases of commitments
    CASE WHEN NOT usage THEN amount_value END AS ListCost,  -- of usage unknown: the report has no list prices
    amount_value AS ContractedCost,
    currency AS BillingCurrency,  -- `amount.currency` in capital letters
    currency AS PricingCurrency,
    amount_value AS PricingCurrencyEffectiveCost,
    amount_value AS x_SourceCost,  -- `amount.value`, which the console shows
    CASE WHEN usage THEN 'Usage' ELSE 'Credit' END AS x_LineItemType,

    -- what kind of charge
    CASE WHEN usage THEN 'Usage' ELSE 'Credit' END AS ChargeCategory,  -- a negative amount is a credit
    CASE WHEN usage THEN 'Usage-Based' ELSE 'One-Time' END AS ChargeFrequency,
    coalesce(line_item, 'OpenAI API') AS ChargeDescription,
    CASE WHEN usage AND line_item IS NOT NULL THEN 'Standard' END AS PricingCategory,

    -- when
    date_trunc('month', start_time_iso) AS BillingPeriodStart,  -- the month of the day, in UTC
    date_trunc('month', start_time_iso) + INTERVAL 1 MONTH AS BillingPeriodEnd,
    start_time_iso AS ChargePeriodStart,
    CASE WHEN end_time_iso > start_time_iso THEN end_time_iso ELSE start_time_iso + INTERVAL 1 DAY END AS ChargePeriodEnd,

    -- who pays, and who is paid
    coalesce(organization_id, 'unknown') AS BillingAccountId,
    organization_name AS BillingAccountName,
    'Organization' AS BillingAccountType,
    project_id AS SubAccountId,
    coalesce(project_name, project_id) AS SubAccountName,  -- the id where the report has no name
    CASE WHEN project_id IS NOT NULL THEN 'Project' END AS SubAccountType,
    'OpenAI' AS InvoiceIssuerName,
    'OpenAI' AS ProviderName,
    'OpenAI' AS ServiceProviderName,
    'OpenAI' AS HostProviderName,
    'OpenAI' AS PublisherName,

    -- what was used
    'OpenAI API' AS ServiceName,
    'AI and Machine Learning' AS ServiceCategory,
    'Generative AI' AS ServiceSubcategory,
    map_from_entries(list_filter([
        CASE WHEN model IS NOT NULL THEN {'key': 'model', 'value': model} END,
        CASE WHEN model IS NOT NULL AND token_kind IS NOT NULL THEN {'key': 'token_kind', 'value': token_kind} END,
        CASE WHEN model IS NOT NULL AND surface IN ('priority', 'flex', 'batch') THEN {'key': 'service_tier', 'value': surface} END,
        CASE WHEN api_key_id IS NOT NULL THEN {'key': 'api_key_id', 'value': api_key_id} END
    ], lambda tag: tag IS NOT NULL)) AS Tags,  -- `model`, `token_kind` and `service_tier` as the line item names them, and `api_key_id`

    -- how much
    CASE WHEN counted THEN quantity END AS PricingQuantity,
    CASE WHEN counted THEN unit END AS PricingUnit,
    CASE WHEN counted THEN quantity END AS ConsumedQuantity,  -- `quantity`, where a line item names it
    CASE WHEN counted THEN unit END AS ConsumedUnit,  -- Tokens where the line item names a kind of them, else Units
    CASE WHEN usage THEN line_item END AS SkuId,
    CASE WHEN usage THEN line_item END AS SkuPriceId,
    CASE WHEN usage THEN coalesce(direction, line_item) END AS SkuMeter  -- what follows the model's name
FROM (
    SELECT
        *,
        usage AND line_item IS NOT NULL AND quantity IS NOT NULL AS counted,
        CASE WHEN token_kind IS NOT NULL THEN 'Tokens' ELSE 'Units' END AS unit
    FROM (
        SELECT
            *,
            CASE WHEN named THEN nullif(part['direction'], '') END AS direction,
            CASE WHEN named THEN part['model'] END AS model,
            CASE
                WHEN NOT named THEN NULL
                WHEN direction IN ('input', 'output') AND part['form'] IN ('audio', 'image') THEN direction || '_' || part['form']
                WHEN direction IN ('input', 'output') THEN direction
                WHEN direction = 'cached input' AND part['form'] = 'audio' THEN 'cache_audio_read'
                WHEN direction = 'cached input' THEN 'cache_read'
                WHEN starts_with(direction, 'cache write') THEN 'cache_write'
            END AS token_kind,
            lower(trim(part['surface'])) AS surface
        FROM (
            SELECT
                *,
                upper(amount_currency) AS currency,
                coalesce(amount_value >= 0, true) AS usage,
                -- [surface | ] model [form] [, direction] [, long context]; what is no model has spaces or no digit
                regexp_extract(
                    line_item,
                    '^(?:([^|]*)\| *)?([A-Za-z0-9][A-Za-z0-9._:/-]*)(?: (text|audio|image))?(?:, ([a-z][a-z ]*))?(?:, long context)?$$',
                    ['surface', 'model', 'form', 'direction']
                ) AS part,
                coalesce(part['model'] <> '' AND (
                    regexp_matches(part['model'], '[0-9]')
                    OR part['direction'] IN ('input', 'cached input', 'cache writes', 'output')
                ), false) AS named
            FROM $rows
        )
    )
)
WHERE broken OR amount_value IS NOT NULL OR line_item IS NOT NULL
