-- How far operations go back, which currencies their prices have, and which dimensions of their own they name.
WITH own AS (
    SELECT name, COUNT(*) AS operations
    FROM (SELECT UNNEST(map_keys(dimensions)) AS name FROM operations WHERE cardinality(dimensions) > 0)
    GROUP BY name
)
SELECT
    MIN(time) AS oldest,
    MAX(time) AS newest,
    LIST(DISTINCT currency ORDER BY currency) FILTER (WHERE cost IS NOT NULL) AS currencies,
    (SELECT LIST(name ORDER BY name) FROM own) AS own_names,
    (SELECT LIST(operations ORDER BY name) FROM own) AS own_counts
FROM operations
