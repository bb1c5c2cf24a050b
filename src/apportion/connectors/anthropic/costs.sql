-- Anthropic's costs as FOCUS charges: one row for each day, workspace and kind of token or tool.
SELECT
    $kept,

    -- what it costs
    cost AS BilledCost,  -- of the API a hundredth of `amount`, of the console `cost_usd`
    cost AS EffectiveCost,  -- as BilledCost: the reports have no purchases of commitments
    CASE WHEN usage THEN list_cost ELSE cost END AS ListCost,  -- `list_price_usd`, in the console's export alone
    cost AS ContractedCost,
    unit_of_cost AS BillingCurrency,
    unit_of_cost AS PricingCurrency,
    cost AS PricingCurrencyEffectiveCost,
    cost AS x_SourceCost,  -- what the console shows
    CASE WHEN usage THEN 'Usage' ELSE 'Credit' END AS x_LineItemType,

    -- what kind of charge
    CASE WHEN usage THEN 'Usage' ELSE 'Credit' END AS ChargeCategory,  -- a negative amount is a credit
    CASE WHEN usage THEN 'Usage-Based' ELSE 'One-Time' END AS ChargeFrequency,
    coalesce(told, sku, 'Claude API') AS ChargeDescription,  -- `description`; of the console model and kind of token
    CASE WHEN usage AND sku IS NOT NULL THEN 'Standard' END AS PricingCategory,

    -- when
    date_trunc('month', day) AS BillingPeriodStart,  -- the month of the day, in UTC
    date_trunc('month', day) + INTERVAL 1 MONTH AS BillingPeriodEnd,
    day AS ChargePeriodStart,
    CASE WHEN finish > day THEN finish ELSE day + INTERVAL 1 DAY END AS ChargePeriodEnd,

    -- who pays, and who is paid
    coalesce(organization, 'unknown') AS BillingAccountId,
    'Organization' AS BillingAccountType,
    workspace_of AS SubAccountId,  -- the workspace's id; of the console its name
    coalesce(workspace_called, workspace_of) AS SubAccountName,
    CASE WHEN workspace_of IS NOT NULL THEN 'Workspace' END AS SubAccountType,
    'Anthropic' AS InvoiceIssuerName,
    'Anthropic' AS ProviderName,
    'Anthropic' AS ServiceProviderName,
    'Anthropic' AS HostProviderName,
    'Anthropic' AS PublisherName,

    -- what was used
    'Claude API' AS ServiceName,
    'AI and Machine Learning' AS ServiceCategory,
    'Generative AI' AS ServiceSubcategory,
    CASE WHEN geo NOT IN ('', 'global', 'not_available') THEN geo END AS RegionId,  -- `inference_geo`, where it is a place
    CASE WHEN geo NOT IN ('', 'global', 'not_available') THEN geo END AS RegionName,
    map_from_entries(list_filter([
        CASE WHEN model_of IS NOT NULL THEN {'key': 'model', 'value': model_of} END,
        CASE WHEN token_kind IS NOT NULL THEN {'key': 'token_kind', 'value': token_kind} END,
        CASE WHEN tier IS NOT NULL THEN {'key': 'service_tier', 'value': tier} END,
        CASE WHEN context IS NOT NULL THEN {'key': 'context_window', 'value': context} END,
        CASE WHEN api_key_id IS NOT NULL THEN {'key': 'api_key_id', 'value': api_key_id} END,
        CASE WHEN key_of IS NOT NULL THEN {'key': 'api_key', 'value': key_of} END
    ], lambda tag: tag IS NOT NULL)) AS Tags,  -- `model` and `context_window` as the API writes them, `token_kind`, `service_tier`, `api_key_id`; of the console `api_key`

    -- how much
    CASE WHEN usage THEN sku END AS SkuId,  -- model or `cost_type`, kind of token, tier, context and speed
    CASE WHEN usage THEN sku END AS SkuPriceId,
    CASE WHEN usage AND sku IS NOT NULL THEN coalesce(token_kind, cost_type, sku) END AS SkuMeter
FROM (
    SELECT
        *,
        nullif(concat_ws('/', coalesce(model_of, cost_type), token_kind, nullif(tier, 'standard'), nullif(context, '0-200k'), nullif(speed, 'standard')), '') AS sku
    FROM (
        SELECT
            *,
            $amount AS cost,
            $list AS list_cost,
            $currency AS unit_of_cost,
            coalesce($amount >= 0, true) AS usage,
            $day AS day,
            $finish AS finish,
            $organization AS organization,
            $workspace AS workspace_of,
            $workspace_name AS workspace_called,
            $description AS told,
            $tier AS tier,
            $key AS key_of,
            $model AS model_of,
            CASE
                WHEN starts_with(context_window, '≤') THEN '0-200k'
                WHEN starts_with(context_window, '>') THEN '200k-1M'
                ELSE nullif(context_window, '')
            END AS context,
            inference_geo AS geo,
            CASE
                WHEN contains(token_type, '1h') THEN 'cache_write_1h'
                WHEN contains(token_type, 'write') OR contains(token_type, 'creation') THEN 'cache_write'
                WHEN contains(token_type, 'read') THEN 'cache_read'
                WHEN contains(token_type, 'output') THEN 'output'
                WHEN contains(token_type, 'input') THEN 'input'
            END AS token_kind
        FROM $rows
    )
)
