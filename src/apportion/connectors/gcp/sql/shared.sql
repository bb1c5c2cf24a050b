-- The period's charges, with the fees of commitments that are not shared out as used.
SELECT * EXCLUDE (not_shared) REPLACE (
    CASE WHEN not_shared THEN 'Used' ELSE CommitmentDiscountStatus END AS CommitmentDiscountStatus,
    CASE WHEN not_shared THEN PricingQuantity ELSE ConsumedQuantity END AS ConsumedQuantity,
    CASE WHEN not_shared THEN PricingUnit ELSE ConsumedUnit END AS ConsumedUnit
)
FROM (
    SELECT *, x_LineItemType = 'commitment' AND coalesce(CommitmentDiscountId IN ($commitments), false) AS not_shared
    FROM $charges
)
