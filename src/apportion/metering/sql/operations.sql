-- All operations that stand: those of the archive, but for what has been told of since.
CREATE OR REPLACE VIEW operations AS
SELECT * FROM $archived AS archived ANTI JOIN recent_operations USING (operation_id)
UNION ALL BY NAME
SELECT * FROM recent_operations WHERE price_state <> 'withdrawn'
