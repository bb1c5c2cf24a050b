-- What is asked of yielded in each unit of output.
SELECT {yields} FROM asked WHERE now AND units IS NOT NULL GROUP BY ALL ORDER BY unit_of
