-- Operations that reports of a provider told of before, about the time of a new one.
SELECT operation_id, time FROM operations WHERE source = $$source AND time BETWEEN $$first AND $$last
