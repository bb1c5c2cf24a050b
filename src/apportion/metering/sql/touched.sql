-- The days (UTC) on which the archive has, or is to have, what changed.
SELECT strftime(time, '%Y-%m-%d') AS day FROM recent_operations
UNION
SELECT strftime(time, '%Y-%m-%d') FROM $archived AS archived SEMI JOIN recent_operations USING (operation_id)
