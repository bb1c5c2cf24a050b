-- Commitment discounts whose purchases and use are both in the data and cover the same time. Use may cost more than
-- these purchases where part was paid upfront before the data begins, so that alone is broken only where a one-time
-- purchase is here to see.
WITH commitments AS (
    SELECT
        CommitmentDiscountId,
        BillingCurrency,
        sum(BilledCost) FILTER (ChargeCategory = 'Purchase') AS purchased,
        sum(EffectiveCost) FILTER (ChargeCategory = 'Usage') AS used,
        min(first_moment) FILTER (ChargeCategory = 'Purchase') AS bought_from,
        max(last_moment) FILTER (ChargeCategory = 'Purchase') AS bought_until,
        min(first_moment) FILTER (ChargeCategory = 'Usage') AS used_from,
        max(last_moment) FILTER (ChargeCategory = 'Usage') AS used_until,
        coalesce(bool_or(one_time) FILTER (ChargeCategory = 'Purchase'), false) AS upfront
    FROM groups
    WHERE CommitmentDiscountId IS NOT NULL
    GROUP BY ALL
)

SELECT
    CASE
        WHEN is_near(used, purchased) THEN false
        ELSE used < purchased OR upfront
    END AS broken,
    MAP {
        'CommitmentDiscountId': CommitmentDiscountId,
        'BillingCurrency': BillingCurrency,
        'EffectiveCost of usage': CAST(used AS VARCHAR),
        'BilledCost of purchases': CAST(purchased AS VARCHAR)
    } AS found
FROM commitments
WHERE bought_from = used_from AND bought_until = used_until AND used IS NOT NULL AND purchased IS NOT NULL
ORDER BY CommitmentDiscountId
