/** One run: what it was made from, and whose cost it moved against the run before. */

import { Link } from "wouter";
import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import type { Changes, Run, RunRecord } from "../api/runs.ts";
import { instantText } from "../format/dates.ts";
import { quantityText } from "../format/decimal.ts";
import { PageBody } from "../page/Page.tsx";
import { PageSkeleton, Problem, RowsSkeleton } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { Compare } from "./runs/Compare.tsx";
import { Difference } from "./runs/Difference.tsx";
import { Record } from "./runs/Record.tsx";
import "./runs/runs.css";

export default function RunDetail({ id }: { id: string }) {
  const { href } = useView();
  const query = useReport<RunRecord>(`/runs/${encodeURIComponent(id)}`, {}, { keep: false });
  const list = useReport<{ runs: Run[] }>("/runs");
  const run = query.data;
  return (
    <PageBody title={`Run ${id}`} question={<><Link className="link" href={href("/runs")}>Runs</Link> / {run ? instantText(run.finished_at) : id}</>} answer={run ? sentence(run) : null}>
      {query.isError ? <Problem error={query.error} /> : run && list.data ? <Body run={run} runs={list.data.runs} /> : <PageSkeleton bare />}
    </PageBody>
  );
}

function sentence(run: RunRecord): string {
  const names = Object.keys(run.perspectives).join(", ") || "no perspective";
  return `${quantityText(run.charges)} charges attributed in ${quantityText(run.results)} rows (${names}).`;
}

function Body({ run, runs }: { run: RunRecord; runs: Run[] }) {
  const { state } = useView();
  const at = runs.findIndex((one) => one.run_id === run.run_id);
  const other = state["with"] ?? runs[at + 1]?.run_id;
  return (
    <>
      <Record run={run} />
      <Compare run={run} runs={runs} other={other} />
      {other ? <Against run={run} other={other} standing={runs[at]?.standing === true} /> : <p className="quiet block">No run stands before this one, so there is nothing to compare with.</p>}
    </>
  );
}

function Against({ run, other, standing }: { run: Run; other: string; standing: boolean }) {
  const { state } = useView();
  const path = `/runs/${encodeURIComponent(other)}/diff`;
  const asked = { with: run.run_id, metric: state["metric"] };
  const query = useReport<Changes>(path, asked, { keep: false });
  if (query.isError) return <Problem error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <div className="block" role="status" aria-label="Comparing"><RowsSkeleton rows={6} /></div>;
  return <Difference changes={query.data} standing={standing ? "after" : null} csv={(table) => csvAddress(path, asked, table)} />;
}
