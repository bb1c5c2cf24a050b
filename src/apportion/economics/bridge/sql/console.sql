-- What the console shows for a charge. A FOCUS bill has no amount of the console's own (no x_SourceCost, no
-- x_LineItemType): there BilledCost is it. Rows that a connector derived stand in no console.
-- An amortized export gives covered usage at its amortized cost; the console, showing actual cost, has it at 0.
CASE
    WHEN amortized AND CommitmentDiscountStatus IS NOT NULL THEN 0
    WHEN x_LineItemType IS NULL THEN coalesce(x_SourceCost, BilledCost, 0)
    ELSE coalesce(x_SourceCost, 0)
END
