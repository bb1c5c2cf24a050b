-- Calls on the days of a report that did not come from one, by who was asked and how they came in.
SELECT coalesce(provider, ''), coalesce(model, requested_model, ''), source, CAST(sum(coalesce(requests, 1)) AS BIGINT)
FROM operations
WHERE NOT list_contains($$reports, source) AND list_contains($$days, CAST(timezone('UTC', time) AS DATE))
GROUP BY ALL
