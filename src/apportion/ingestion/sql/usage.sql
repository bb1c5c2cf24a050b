-- Usage of one measure and month, as the ledger keeps it.
SELECT
    $measure AS measure,
    $period AS period,
    "time",
    CAST("time" AS DATE) AS day,
    quantity,
    $dimensions AS dimensions,
    $load AS x_LoadId,
    file AS x_SourceFile,
    line AS x_SourceLine
FROM ($rows)
WHERE strftime("time", '%Y-%m') = $period
ORDER BY ALL
