-- Commitments of money whose fees name no product in the whole period: the account does not share them out, so that a
-- fee without a product says nothing of what was used.
SELECT CommitmentDiscountId
FROM $charges
WHERE x_LineItemType = 'commitment' AND starts_with(lower(CommitmentDiscountName), 'commitment - dollar')
GROUP BY ALL
HAVING count(*) FILTER (CommitmentDiscountStatus = 'Used') = 0
