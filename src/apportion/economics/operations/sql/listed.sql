-- Single operations of what is asked of, the newest first, from the one after which the page before ended.
SELECT {columns}
FROM asked
WHERE now AND ($before IS NULL OR (time, operation_id) < (CAST($before AS TIMESTAMPTZ), CAST($id AS VARCHAR)))
ORDER BY time DESC, operation_id DESC
LIMIT $most
