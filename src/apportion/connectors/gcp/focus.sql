-- Google Cloud's own FOCUS, its export and its older view, with what they do otherwise put right.
-- The export's BilledCost is after credits, the view's before them. ContractedCost is before them in both, so it tells
-- which; charges here are before credits, and each credit but those of commitments is a row.
SELECT
    $kept,
    CASE WHEN credit IS NULL THEN billed + covered ELSE credit.amount END AS BilledCost,  -- BilledCost without the credits in it; of a credit its amount
    CASE WHEN credit IS NULL THEN effective + covered ELSE credit.amount END AS EffectiveCost,  -- EffectiveCost, likewise
    CASE WHEN credit IS NULL THEN "ListCost" ELSE credit.amount END AS ListCost,
    CASE WHEN credit IS NULL THEN "ContractedCost" ELSE credit.amount END AS ContractedCost,
    CASE WHEN credit IS NULL THEN "BilledCost" END AS x_SourceCost,  -- BilledCost as Google gives it
    CASE WHEN credit IS NULL THEN kind ELSE concat_ws(' ', 'credit', credit.type) END AS x_LineItemType,  -- `x_CostType`, or the credit's type
    CASE WHEN credit IS NULL THEN "ChargeCategory" ELSE 'Credit' END AS ChargeCategory,  -- each of `x_Credits` that is no discount of a commitment is a row
    CASE WHEN credit IS NULL THEN "ChargeDescription" ELSE coalesce(credit.fullname, credit.name, credit.id, credit.type, 'Credit') END AS ChargeDescription,
    CASE WHEN credit IS NULL THEN "ChargeFrequency" ELSE 'One-Time' END AS ChargeFrequency,
    CASE WHEN "BillingPeriodEnd" >= next_period THEN "BillingPeriodEnd" ELSE next_period END AS BillingPeriodEnd,  -- the first moment behind the month where Google gives its last day
    CASE WHEN by_project THEN project ELSE "SubAccountId" END AS SubAccountId,  -- `x_Project.Id` where Google repeats the billing account
    CASE WHEN by_project THEN coalesce(project_name, project) ELSE "SubAccountName" END AS SubAccountName,
    CASE WHEN coalesce(CASE WHEN by_project THEN project END, "SubAccountId") IS NOT NULL THEN coalesce("SubAccountType", 'Project') END AS SubAccountType,
    CASE WHEN len(entries) > 0 THEN map_from_entries([{'key': x.key, 'value': x.value} FOR x, i IN entries IF list_position([e.key FOR e IN entries], x.key) = i]) END AS Tags,  -- keys and values of the list; of a key that stands twice labels count first, then tags, labels of the project, labels of the system
    coalesce("PricingCurrency", "BillingCurrency") AS PricingCurrency,
    CASE WHEN list_contains([$categories], "ServiceCategory") THEN "ServiceCategory" ELSE coalesce(services.category, 'Other') END AS ServiceCategory,  -- by the service's name where Google gives a category of its own
    CASE WHEN list_contains([$categories], "ServiceCategory") THEN "ServiceSubcategory" ELSE coalesce(services.subcategory, 'Other (Other)') END AS ServiceSubcategory,
    coalesce("ServiceProviderName", "ProviderName", 'Google Cloud') AS ServiceProviderName,
    coalesce("ProviderName", "ServiceProviderName", 'Google Cloud') AS ProviderName,
    coalesce("PublisherName", 'Google Cloud') AS PublisherName,
    coalesce("InvoiceIssuerName", 'Google Cloud') AS InvoiceIssuerName,
$others
FROM (
    SELECT
        * EXCLUDE (credits),
        unnest(list_concat([CAST(NULL AS $credit)], CASE WHEN broken THEN [] ELSE [c FOR c IN credits IF c.amount <> 0 AND NOT coalesce(c.type IN $covering, false)] END)) AS credit
    FROM (
        SELECT
            *,
            CASE WHEN abs("BilledCost" - "ContractedCost" - total) < abs("BilledCost" - "ContractedCost") THEN "BilledCost" - total ELSE "BilledCost" END AS billed,
            CASE WHEN abs("EffectiveCost" - "ContractedCost" - total) < abs("EffectiveCost" - "ContractedCost") THEN "EffectiveCost" - total ELSE "EffectiveCost" END AS effective
        FROM (
            SELECT
                *,
                coalesce(list_sum([c.amount FOR c IN credits]), 0) AS total,
                coalesce(list_sum([c.amount FOR c IN credits IF c.type IN $covering]), 0) AS covered,
                CASE WHEN date_trunc('month', pacific_start) = pacific_start THEN timezone('America/Los_Angeles', pacific_start + INTERVAL 1 MONTH) ELSE "BillingPeriodStart" + INTERVAL 1 MONTH END AS next_period
            FROM (
                SELECT
                    *,
                    coalesce(x_credits, []) AS credits,
                    lower(coalesce(x_costtype, "ChargeCategory")) AS kind,
                    timezone('America/Los_Angeles', "BillingPeriodStart") AS pacific_start,
                    project IS NOT NULL AND coalesce("SubAccountId" = "BillingAccountId", true) AS by_project,
                    $entries AS entries
                FROM $rows
            )
        )
    )
)
LEFT JOIN (VALUES $services) AS services(service, category, subcategory) ON services.service = "ServiceName"
