-- The lines of one month, each as JSON, from the partitions in which they can be.
SELECT TO_JSON_STRING(t) AS line
FROM `$table` AS t
WHERE $month = @month AND $partitions
