-- What became known of archived operations, added to them.
INSERT INTO recent_operations BY NAME
SELECT
    o.* REPLACE (
        coalesce(CAST(w.body ->> 'success' AS BOOLEAN), o.success) AS success,
        coalesce(CAST(w.body ->> 'value' AS DECIMAL(38, 12)), o.value) AS value,
        coalesce(CAST(w.body ->> 'units' AS DECIMAL(38, 12)), o.units) AS units,
        coalesce(w.body ->> 'unit', o.unit) AS unit
    )
FROM told_operations AS o
JOIN waiting AS w USING (operation_id)
ANTI JOIN recent_operations USING (operation_id)
