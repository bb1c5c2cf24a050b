-- What had no use to be divided by.
INSERT INTO passed BY NAME
SELECT
    node, day, $kind AS kind, '(unallocated)' AS target, 'assumed' AS evidence, $measure AS measure, MAP {} AS keys,
    day AS basis_from, day AS basis_to, $weight AS weight, $whole AS whole
FROM pair
