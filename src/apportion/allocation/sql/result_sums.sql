-- A run's results added up: what the statement and the digest are counted from.
CREATE OR REPLACE TEMP TABLE result_sums AS
SELECT $keys, $billed AS billed, $effective AS effective
FROM $rows
GROUP BY $keys
