-- Charges of one step, those that move most first. Their groups were sorted into steps already.
WITH charges AS (
    $rows
), keyed AS (
    SELECT
        $keys,
        x_SourceFile, x_SourceLine, ChargeDescription, ResourceId, ChargePeriodStart,
        $console AS console,
        coalesce(BilledCost, 0) AS billed,
        coalesce(EffectiveCost, 0) AS effective
    FROM charges
    WHERE (CAST($$kind AS VARCHAR) IS NULL OR coalesce(x_LineItemType, ChargeCategory, '(none)') = $$kind)
      AND (CAST($$service AS VARCHAR) IS NULL OR coalesce(ServiceName, '(none)') = $$service)
), moved AS (
    SELECT
        keyed.*,
        bridge.part,
        CASE
            WHEN $$step = 'console' THEN keyed.console
            WHEN $$step = 'billed' THEN keyed.billed
            WHEN $$step = 'effective' THEN keyed.effective
            WHEN bridge.billed_step = $$step THEN keyed.billed - keyed.console
            ELSE keyed.effective - keyed.billed
        END AS amount
    FROM keyed JOIN bridge ON $same
    WHERE bridge.currency = $$currency
      AND (CAST($$account AS VARCHAR) IS NULL OR bridge.account = $$account)
      AND NOT list_contains(CAST($$hidden AS VARCHAR[]), bridge.part)
      AND ($$step IN ('console', 'billed', 'effective') OR $$step IN (bridge.billed_step, bridge.effective_step))
)
SELECT
    x_SourceFile, x_SourceLine, ChargeDescription, ResourceId,
    service AS ServiceName, account AS SubAccountId, kind AS line_item_type, part,
    strftime(ChargePeriodStart, '%Y-%m-%dT%H:%M:%SZ') AS ChargePeriodStart,
    console, billed AS BilledCost, effective AS EffectiveCost, amount
FROM moved
WHERE amount <> 0
ORDER BY abs(amount) DESC, x_SourceFile, x_SourceLine, amount
LIMIT $$limit OFFSET $$cursor
