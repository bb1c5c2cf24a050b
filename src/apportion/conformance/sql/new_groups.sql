-- The groups of all files together.
CREATE OR REPLACE TABLE groups (
    provider VARCHAR, SkuPriceId VARCHAR, SkuId VARCHAR, InvoiceIssuerName VARCHAR, InvoiceId VARCHAR,
    BillingCurrency VARCHAR, BillingAccountId VARCHAR, BillingAccountName VARCHAR, BillingPeriodStart TIMESTAMPTZ,
    CommitmentDiscountId VARCHAR, ChargeCategory VARCHAR, one_time BOOLEAN, charges BIGINT,
    BilledCost DECIMAL(38, 12), EffectiveCost DECIMAL(38, 12), first_moment TIMESTAMPTZ, last_moment TIMESTAMPTZ
)
