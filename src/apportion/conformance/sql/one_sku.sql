-- Entries of a provider's price list, each with its products. A commitment discount may serve several.
SELECT
    count(DISTINCT SkuId) > 1 AS broken,
    MAP {
        'SkuPriceId': SkuPriceId,
        'SkuId': string_agg(DISTINCT SkuId, ', ' ORDER BY SkuId)
    } AS found
FROM groups
WHERE SkuPriceId IS NOT NULL AND CommitmentDiscountId IS NULL
GROUP BY provider, SkuPriceId
ORDER BY provider, SkuPriceId
