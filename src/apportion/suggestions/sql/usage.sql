-- Usage for trials. Who of the targets used it makes no difference to how much is attributed: they become one.
SELECT
    measure, period, day,
    map_from_entries(list_transform(map_entries(dimensions), lambda e: {
        'k': e.key,
        'v': CASE WHEN list_contains($$merged, e.key) AND NOT starts_with(e.value, '(')
            AND NOT starts_with(e.value, '__') THEN 'any' ELSE e.value END
    })) AS dimensions,
    CAST(sum(quantity) AS DECIMAL(38, 12)) AS quantity
FROM usage
GROUP BY ALL
