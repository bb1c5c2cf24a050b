-- The targets whose cost differs, the largest change first.
SELECT
    perspective, currency, target_kind, target,
    CASE WHEN new THEN 'new' WHEN gone THEN 'gone' ELSE 'changed' END AS state,
    before, after, change
FROM target_changes
WHERE change <> 0
ORDER BY abs(change) DESC, perspective, currency, target_kind, target
