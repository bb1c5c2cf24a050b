-- The last day that the provider has billed in the currency, and the other currencies that it bills in.
SELECT MAX(day) FILTER (WHERE currency = $currency) AS day,
    LIST(DISTINCT currency ORDER BY currency) FILTER (WHERE currency <> $currency) AS elsewhere
FROM daily_costs WHERE {charges}
