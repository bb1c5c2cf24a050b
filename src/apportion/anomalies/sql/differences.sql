-- What each cell costs at a step, less what it usually does.
SELECT currency$fields,
    CAST(COALESCE(SUM(amount) FILTER (WHERE step = $$at), 0) AS DOUBLE)
        - CAST(COALESCE(SUM(amount) FILTER (WHERE step <> $$at), 0) AS DOUBLE) / len($$before) AS difference,
    CAST(SUM(ABS(amount)) AS DOUBLE) / (1 + len($$before)) AS size
FROM $cells
WHERE (step = $$at OR step IN (SELECT UNNEST($$before))) AND $condition
GROUP BY ALL
