/** All runs, newest first: what they read, what came out, and where the rules changed. */

import { Link } from "wouter";
import type { Run } from "../../api/runs.ts";
import { instantText, rangeText, addDays } from "../../format/dates.ts";
import { useView } from "../../state/view.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { countColumn } from "../../table/money.tsx";

export function runPath(id: string): string {
  return `/runs/${encodeURIComponent(id)}`;
}

/** A hash is compared by its beginning. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}

export function RunMarks({ run }: { run: Run }) {
  return (
    <>
      {run.standing ? <span className="tag good">stands</span> : null}
      {run.pinned ? <> <span className="tag" title="Its files are kept however old they get">pinned</span></> : null}
      {run.as_of ? <> <span className="tag" title={`Repeats run ${run.as_of}`}>repeat</span></> : null}
    </>
  );
}

export function RunTable({ runs, csv }: { runs: Run[]; csv: string }) {
  const { href } = useView();
  const before = new Map(runs.map((run, index) => [run.run_id, runs[index + 1]]));
  return (
    <DataTable<Run>
      name="runs" title="Runs" note="newest first" rows={runs} rowKey={(row) => row.run_id} csv={csv}
      columns={[
        { key: "finished_at", label: "Finished", heads: true, value: (row) => row.finished_at, render: (row) => <><Link className="link" href={href(runPath(row.run_id))}>{instantText(row.finished_at)}</Link> <RunMarks run={row} /></> },
        { key: "days", label: "Days", value: (row) => row.first_day, render: (row) => <span className="nowrap">{rangeText(row.first_day, addDays(row.last_day, 1))}</span> },
        countColumn<Run>("charges", "Charges", (row) => row.charges),
        countColumn<Run>("results", "Result rows", (row) => row.results),
        { key: "rules_hash", label: "Rules", value: (row) => row.rules_hash, render: (row) => <Rules run={row} before={before.get(row.run_id)} /> },
        { key: "run_id", label: "Run", spare: 2, value: (row) => row.run_id, render: (row) => <span className="mono quiet">{row.run_id}</span> },
      ]}
    />
  );
}

function Rules({ run, before }: { run: Run; before: Run | undefined }) {
  const changed = before && before.rules_hash !== run.rules_hash;
  return <span className="nowrap"><span className="mono">{shortHash(run.rules_hash)}</span>{changed ? <> <span className="tag warn">changed</span></> : null}</span>;
}
