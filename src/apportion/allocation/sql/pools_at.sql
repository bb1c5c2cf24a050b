-- The pools that are divided, each at the node where it begins.
CREATE OR REPLACE TEMP TABLE pools_at AS
SELECT p.*, s.node
FROM pools AS p
JOIN starts AS s ON $same s.chain = p.chain AND s.by_values = p.by_values
    AND s.idle = CAST(p.idle AS VARCHAR)
