/** Can these figures be trusted? */

import { Link } from "wouter";
import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import type { SourcesReport } from "../api/bills.ts";
import type { Health, LoadList, ReconciliationList } from "../api/health.ts";
import type { Overview } from "../api/types.ts";
import { Amount } from "../figures/Amount.tsx";
import { Figure, Figures } from "../figures/Figure.tsx";
import { instantText } from "../format/dates.ts";
import { counted, isZero, percentText } from "../format/decimal.ts";
import { PageBody } from "../page/Page.tsx";
import { FirstSteps, PageSkeleton, Problem } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { JobTable } from "./data/JobTable.tsx";
import { LoadTable } from "./data/LoadTable.tsx";
import { SourceTable } from "./data/SourceTable.tsx";
import { ReconciliationTable } from "./data/ReconciliationTable.tsx";
import "./anomalies/anomalies.css";

export default function DataHealth() {
  const { params } = useView();
  const health = useReport<Health>("/health");
  const loads = useReport<LoadList>("/loads");
  const sources = useReport<SourcesReport>("/sources");
  const statement = useReport<ReconciliationList>("/reconciliation");
  const overview = useReport<Overview>("/overview", params);
  const failed = loads.error ?? sources.error ?? statement.error;
  const ready = loads.data && sources.data && statement.data && health.data;
  if (health.data?.run === null) {
    return (
      <PageBody title="Data health" question="Can these figures be trusted?" answer={sources.data ? sources.data.headline : null}>
        <FirstSteps />
        {sources.data?.sources.length ? <SourceTable report={sources.data} csv={csvAddress("/sources")} /> : null}
        {loads.data?.loads.length ? <LoadTable loads={loads.data.loads} csv={csvAddress("/loads")} /> : null}
      </PageBody>
    );
  }
  return (
    <PageBody title="Data health" question="Can these figures be trusted?" answer={ready ? <><Answer list={statement.data} /> {sources.data.headline}</> : null} meta={overview.data?.meta}>
      {failed ? <Problem error={failed} retry={() => { void loads.refetch(); void sources.refetch(); void statement.refetch(); }} /> : ready ? (
        <>
          <Freshness health={health.data} loads={loads.data} overview={overview.data} />
          <SourceTable report={sources.data} csv={csvAddress("/sources")} />
          <JobTable />
          <ReconciliationTable rows={statement.data.rows} csv={csvAddress("/reconciliation")} />
          <LoadTable loads={loads.data.loads} csv={csvAddress("/loads")} />
        </>
      ) : <PageSkeleton bare />}
    </PageBody>
  );
}

function Answer({ list }: { list: ReconciliationList }) {
  const { rows } = list;
  const off = rows.filter((row) => !isZero(row.difference)).length;
  const rejected = rows.filter((row) => row.rejected_rows > 0).length;
  if (rows.length === 0) return "Nothing has been reconciled yet.";
  if (off) return `${off} of ${rows.length} statements do not add up: what came in is not what was attributed.`;
  return `Every cent is accounted for: all ${rows.length} statements have a difference of 0${rejected ? `; ${rejected} of them had rejected rows beside them` : ""}.`;
}

interface FreshnessProps {
  health: Health;
  loads: LoadList;
  overview: Overview | undefined;
}

function Freshness({ health, loads, overview }: FreshnessProps) {
  const { href } = useView();
  const latest = loads.loads.map((load) => load.loaded_at).sort().at(-1);
  return (
    <Figures label="Freshness">
      <Figure name="Last load" note={<span>{counted(loads.loads.length, "load")}</span>}><span className="figure-words">{latest ? instantText(latest) : "none"}</span></Figure>
      <Figure name="Last run" note={<span className="mono breaks">{health.run?.run_id}</span>}><span className="figure-words">{health.run ? instantText(health.run.finished_at) : "none"}</span></Figure>
      {overview ? (
        <>
          <Figure name="Unallocated" note={<span>{percentText(overview.unallocated_pct)} of cost, owned by no one yet</span>}><Amount display compact value={overview.unallocated} currency={overview.meta.currency} label="Unallocated" why={{ perspective: overview.meta.perspective ?? "customer", target: "(unallocated)" }} /></Figure>
          <Figure name="Idle" note={<Link className="link" href={href("/explorer", { perspective: overview.meta.perspective ?? "customer", group: "target" })}>paid for and not used</Link>}><Amount display compact value={overview.idle} currency={overview.meta.currency} label="Idle" why={{ perspective: overview.meta.perspective ?? "customer", target: "(idle)" }} /></Figure>
        </>
      ) : null}
    </Figures>
  );
}
