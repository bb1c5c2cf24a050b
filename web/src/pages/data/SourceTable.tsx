/** Where the bills come from: how far each source reaches, how fresh it is, and whether it is final. */

import { Link } from "wouter";
import type { SourceRow, SourcesReport } from "../../api/bills.ts";
import { dayText, instantText, monthText } from "../../format/dates.ts";
import { counted } from "../../format/decimal.ts";
import { useView } from "../../state/view.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { countColumn } from "../../table/money.tsx";

export function sourcePath(name: string): string {
  return `/data/sources/${encodeURIComponent(name)}`;
}

/** Final in the accent, estimated in amber, with the word: never colour alone. */
export function StateMark({ state }: { state: string }) {
  if (state === "unknown") return <span className="quieter">–</span>;
  return <span className={`status ${state}`}>{state}</span>;
}

/** "August – October 2026" */
export function monthsText(first: string | null, last: string | null): string {
  if (!first || !last) return "none";
  if (first === last) return monthText(last);
  const [from, to] = [monthText(first), monthText(last)];
  return `${first.slice(0, 4) === last.slice(0, 4) ? from.split(" ")[0] : from} \u2013 ${to}`;
}

export function behindText(days: number | null): string {
  if (days === null) return "";
  return days <= 0 ? "today" : `${counted(days, "day")} behind`;
}

export function SourceTable({ report, csv }: { report: SourcesReport; csv: string }) {
  const { href } = useView();
  return (
    <DataTable<SourceRow>
      name="sources" title="Sources" rows={report.sources} rowKey={(row) => row.source} csv={csv}
      empty={<p className="quiet">No source yet: name one in apportion.yaml, or load a bill.</p>}
      columns={[
        { key: "source", label: "Source", heads: true, value: (row) => row.source, render: (row) => <><Link className="link" href={href(sourcePath(row.source))}>{row.source}</Link><span className="sub">{row.connector}</span></> },
        { key: "periods", label: "Periods", value: (row) => row.last_period, render: (row) => <>{monthsText(row.first_period, row.last_period)}{row.estimated_periods ? <span className="sub">{counted(row.estimated_periods, "period")} not invoiced yet</span> : null}</> },
        { key: "state", label: "Last period", value: (row) => row.state, render: (row) => <StateMark state={row.state} /> },
        { key: "newest_charge", label: "Newest charge", value: (row) => row.newest_charge, render: (row) => (row.newest_charge ? <span className="nowrap">{dayText(row.newest_charge, true)}<span className="sub">{behindText(row.days_behind)}</span></span> : "–") },
        { key: "loaded_at", label: "Last load", spare: 2, value: (row) => row.loaded_at, render: (row) => (row.last_load && row.loaded_at ? <Link className="link nowrap" href={href(`/data/loads/${encodeURIComponent(row.last_load)}`)}>{instantText(row.loaded_at)}</Link> : "–") },
        countColumn<SourceRow>("rows", "Rows", (row) => row.rows),
        countColumn<SourceRow>("repaired_values", "Repaired values", (row) => row.repaired_values, { spare: 1 }),
        countColumn<SourceRow>("rejected_rows", "Rejected rows", (row) => row.rejected_rows),
      ]}
    />
  );
}
