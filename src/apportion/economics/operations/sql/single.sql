-- One operation, with where it belongs looked up.
WITH told AS (
    SELECT * FROM operations WHERE operation_id = $id
)
{filled}
SELECT {columns} FROM {last}
