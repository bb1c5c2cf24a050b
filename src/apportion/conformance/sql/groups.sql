-- What the rules on sums need of the rows of one file or part of it: groups instead of rows. Corrections are left
-- out: they may amend what another file holds.
INSERT INTO groups
SELECT
    $provider AS provider,
    SkuPriceId,
    SkuId,
    InvoiceIssuerName,
    $invoice AS InvoiceId,
    BillingCurrency,
    BillingAccountId,
    BillingAccountName,
    BillingPeriodStart,
    CommitmentDiscountId,
    ChargeCategory,
    ChargeFrequency = 'One-Time' AS one_time,
    count(*) AS charges,
    sum(BilledCost) AS BilledCost,
    sum(EffectiveCost) AS EffectiveCost,
    min(ChargePeriodStart) AS first_moment,
    max(ChargePeriodEnd) AS last_moment
FROM ($rows)
WHERE ChargeClass IS DISTINCT FROM 'Correction'
GROUP BY ALL
