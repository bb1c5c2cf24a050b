-- Charges by everything that decides in which step between console, invoice and report they stand.
CREATE OR REPLACE TEMP TABLE bridge AS
WITH charges AS (
    $rows
), grouped AS (
    SELECT
        $keys,
        count(*) AS rows,
        count(x_SourceCost) AS sourced,
        sum($console) AS console,
        coalesce(sum(BilledCost), 0) AS billed,
        coalesce(sum(EffectiveCost), 0) AS effective,
        coalesce(sum(EffectiveCost) FILTER (ChargePeriodStart < month_start OR ChargePeriodStart >= month_end), 0)
            AS outside,
        min(BillingPeriodStart) AS starts
    FROM charges
    GROUP BY ALL
), named AS (
    SELECT
        *,
        coalesce(company(provider_name), company(issuer_name), '') AS provider,
        coalesce(company(issuer_name), company(provider_name), '') AS issuer,
        coalesce(company(publisher_name), company(provider_name), company(issuer_name), '') AS publisher
    FROM grouped
), bill_providers AS (
    SELECT source, billing_period, arg_max(provider, (n, provider)) AS main_provider
    FROM (SELECT source, billing_period, provider, sum(rows) AS n FROM named GROUP BY ALL)
    GROUP BY ALL
), bill_issuers AS (
    SELECT source, billing_period, arg_max(issuer, (n, issuer)) AS main_issuer
    FROM (
        SELECT source, billing_period, issuer, sum(rows) AS n
        FROM named JOIN bill_providers USING (source, billing_period)
        WHERE provider = main_provider
        GROUP BY ALL
    )
    GROUP BY ALL
), parted AS (
    SELECT
        named.*,
        main_provider,
        -- A reseller issues the whole bill of a provider; that does not make it a marketplace.
        publisher <> provider
            OR issuer <> provider AND NOT (provider = main_provider AND issuer = main_issuer) AS resold,
        CASE
            WHEN corrects OR lower(kind) = 'refund' THEN 'refunds'
            WHEN category = 'Tax' THEN 'tax'
            WHEN category = 'Credit' AND regexp_matches(kind, '(?i)discount') THEN 'discounts'
            WHEN category = 'Credit' THEN 'credits'
            WHEN subcategory = 'Support' OR regexp_matches(service, '(?i)\bsupport\b') THEN 'support'
            WHEN resold THEN 'marketplace'
            WHEN category = 'Purchase' THEN 'purchases'
            WHEN category = 'Usage' THEN 'usage'
            WHEN category = 'Adjustment' THEN 'adjustments'
            ELSE 'uncategorized'
        END AS part
    FROM named
    JOIN bill_providers USING (source, billing_period)
    JOIN bill_issuers USING (source, billing_period)
)
SELECT
    *,
    CASE
        WHEN status IS NOT NULL THEN 'covered'
        WHEN apart THEN 'credits_apart'
        ELSE 'net_discounts'
    END AS billed_step,
    CASE
        WHEN category = 'Purchase' AND committed THEN 'purchases_out'
        WHEN status = 'Used' THEN 'covered_in'
        WHEN status = 'Unused' THEN 'unused_in'
        ELSE 'effective_' || part
    END AS effective_step
FROM parted
