-- Split cost allocation: what an EC2 instance cost in an hour moves to the pods and tasks that ran on it, by AWS's own
-- split of used and unused capacity; what they do not get stays on the instance's row, so that nothing is added or lost.
-- Shares are whole units of 10⁻¹², rounded down.
WITH hosts AS (
    -- The instance's own row of an hour: of several usage rows the dearest.
    SELECT x_SourceFile, x_SourceLine, ResourceId, ChargePeriodStart, EffectiveCost, BilledCost, ListCost, ContractedCost
    FROM $charges
    WHERE AllocatedMethodId IS NULL AND ChargeCategory = 'Usage' AND ResourceId IN (
        SELECT json_extract_string(AllocatedMethodDetails, '$$.x_ParentResourceId') FROM $charges
        WHERE AllocatedMethodId IS NOT NULL
    )
    QUALIFY row_number() OVER (
        PARTITION BY ResourceId, ChargePeriodStart ORDER BY EffectiveCost DESC, x_SourceFile, x_SourceLine
    ) = 1
), pods AS (
    SELECT
        pod.x_SourceFile, pod.x_SourceLine, host.x_SourceFile AS host_file, host.x_SourceLine AS host_line,
        host.ResourceId AS host,
        units(CAST(json_extract_string(pod.AllocatedMethodDetails, '$$.x_SplitCost') AS DECIMAL(28,12))) AS weight,
        greatest(units(host.EffectiveCost), sum(weight) OVER same_host) AS whole,
        host.EffectiveCost, host.BilledCost, host.ListCost, host.ContractedCost
    FROM $charges AS pod
    JOIN hosts AS host
        ON host.ResourceId = json_extract_string(pod.AllocatedMethodDetails, '$$.x_ParentResourceId')
        AND host.ChargePeriodStart = pod.ChargePeriodStart
    WHERE pod.AllocatedMethodId IS NOT NULL
    WINDOW same_host AS (PARTITION BY host.ResourceId, host.ChargePeriodStart)
), shares AS (
    SELECT
        x_SourceFile, x_SourceLine, host_file, host_line, host,
        share(EffectiveCost, weight, whole) AS effective,
        share(BilledCost, weight, whole) AS billed,
        share(ListCost, weight, whole) AS list,
        share(ContractedCost, weight, whole) AS contracted
    FROM pods
    WHERE whole > 0
), given AS (
    SELECT
        host_file AS x_SourceFile, host_line AS x_SourceLine,
        sum(effective) AS effective, sum(billed) AS billed, sum(list) AS list, sum(contracted) AS contracted
    FROM shares
    GROUP BY ALL
)
SELECT row.* REPLACE (
    CAST(row.EffectiveCost + coalesce(share.effective, 0) - coalesce(given.effective, 0) AS DECIMAL(28,12)) AS EffectiveCost,
    CAST(row.BilledCost + coalesce(share.billed, 0) - coalesce(given.billed, 0) AS DECIMAL(28,12)) AS BilledCost,
    CAST(row.ListCost + coalesce(share.list, 0) - coalesce(given.list, 0) AS DECIMAL(28,12)) AS ListCost,
    CAST(row.ContractedCost + coalesce(share.contracted, 0) - coalesce(given.contracted, 0) AS DECIMAL(28,12)) AS ContractedCost,
    coalesce(share.host, row.ResourceId) AS ResourceId
)
FROM $charges AS row
LEFT JOIN shares AS share
    ON row.AllocatedMethodId IS NOT NULL
    AND share.x_SourceFile = row.x_SourceFile AND share.x_SourceLine = row.x_SourceLine
LEFT JOIN given
    ON row.AllocatedMethodId IS NULL AND NOT coalesce(row.CommitmentDiscountStatus = 'Unused', false)
    AND given.x_SourceFile = row.x_SourceFile AND given.x_SourceLine = row.x_SourceLine
