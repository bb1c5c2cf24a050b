-- Operations of one day as they are written for others, the oldest first.
SELECT {columns} FROM asked WHERE now ORDER BY time, operation_id
