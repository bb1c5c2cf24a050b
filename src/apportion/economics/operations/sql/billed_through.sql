-- The last day that the provider has billed.
SELECT MAX(day) AS day FROM daily_costs WHERE currency = $currency AND {charges}
