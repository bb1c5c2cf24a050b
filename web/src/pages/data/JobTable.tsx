/** What runs on a schedule, and how it went. */

import { csvAddress } from "../../api/client.ts";
import type { Job, JobList } from "../../api/health.ts";
import { useReport } from "../../api/queries.ts";
import { instantText } from "../../format/dates.ts";
import { counted } from "../../format/decimal.ts";
import { Problem, RowsSkeleton } from "../../page/states.tsx";
import { DataTable } from "../../table/DataTable.tsx";

function everyText(minutes: number): string {
  return minutes % 60 ? `${counted(minutes, "minute")}` : counted(minutes / 60, "hour");
}

export function JobTable() {
  const query = useReport<JobList>("/jobs");
  if (query.isError) return <Problem error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <div className="block"><RowsSkeleton rows={6} /></div>;
  return (
    <DataTable<Job>
      name="jobs" title="Jobs" note="while 'apportion serve' runs, or by 'apportion jobs run'" rows={query.data.jobs} rowKey={(row) => row.job} csv={csvAddress("/jobs")}
      columns={[
        { key: "job", label: "Job", heads: true, value: (row) => row.job, render: (row) => <>{row.job}<span className="sub">{row.what}</span></> },
        { key: "every_minutes", label: "Every", value: (row) => row.every_minutes, render: (row) => <span className="nowrap">{everyText(row.every_minutes)}</span> },
        { key: "started", label: "Last run", value: (row) => row.started, render: (row) => (row.started ? <span className="nowrap">{instantText(row.started)}</span> : <span className="quieter">never</span>) },
        { key: "outcome", label: "Went", value: (row) => row.outcome, render: (row) => (row.outcome ? <span className={`tag ${row.outcome === "ok" ? "good" : "bad"}`}>{row.outcome}</span> : null) },
        { key: "said", label: "Said", spare: 2, value: (row) => row.said, render: (row) => <span className="wraps">{row.said}</span> },
        { key: "seconds", label: "Seconds", numeric: true, spare: 1, value: (row) => row.seconds, render: (row) => <span className="num">{row.seconds === null ? "" : row.seconds.toFixed(1)}</span> },
      ]}
    />
  );
}
