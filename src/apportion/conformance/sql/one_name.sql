-- Billing accounts of each billing period and what they are called.
SELECT
    count(DISTINCT BillingAccountName) > 1 AS broken,
    MAP {
        'BillingAccountId': BillingAccountId,
        'BillingAccountName': string_agg(DISTINCT BillingAccountName, ', ' ORDER BY BillingAccountName)
    } AS found
FROM groups
WHERE BillingAccountId IS NOT NULL
GROUP BY provider, BillingAccountId, BillingPeriodStart
ORDER BY provider, BillingAccountId, BillingPeriodStart
