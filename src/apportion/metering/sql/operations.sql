-- All operations that stand: those of the archive, but for what has been told of since. A row is one call unless it
-- says how many it adds up; a provider's report may not know.
CREATE OR REPLACE VIEW told_operations AS
SELECT * REPLACE (
    CASE WHEN source IN ('openai', 'anthropic') THEN requests ELSE coalesce(requests, 1) END AS requests
)
FROM (
    SELECT * FROM $archived AS archived ANTI JOIN recent_operations USING (operation_id)
    UNION ALL BY NAME
    SELECT * FROM recent_operations WHERE price_state <> 'withdrawn'
)
