/** Can this source be trusted? Its periods, control sums, invoices, and what each load changed. */

import { Link } from "wouter";
import type { SourceReport } from "../api/bills.ts";
import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import { Figure, Figures } from "../figures/Figure.tsx";
import { dayText, instantText } from "../format/dates.ts";
import { counted, quantityText } from "../format/decimal.ts";
import { PageBody } from "../page/Page.tsx";
import { Empty, PageSkeleton, Problem } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { behindText, StateMark } from "./data/SourceTable.tsx";
import { Controls, InvoiceSums, Periods } from "./source/Sums.tsx";
import { Changes, Loads } from "./source/History.tsx";

export default function SourceDetail({ name }: { name: string }) {
  const { href } = useView();
  const path = `/sources/${encodeURIComponent(name)}`;
  const query = useReport<SourceReport>(path);
  return (
    <PageBody title={name} question={<><Link className="link" href={href("/data")}>Data health</Link> / {name}</>} answer={query.data?.headline}>
      {query.isError ? <Problem error={query.error} retry={() => void query.refetch()} /> : query.data ? <Body report={query.data} csv={(table) => csvAddress(path, {}, table)} /> : <PageSkeleton bare />}
    </PageBody>
  );
}

function Body({ report, csv }: { report: SourceReport; csv: (table: string) => string }) {
  const { source } = report;
  if (report.periods.length === 0) {
    return <Empty title="No bill of this source is loaded yet" command={`apportion ingest --source ${source.source}`}>Connector {source.connector}{source.location ? `, ${source.location}` : ""}.</Empty>;
  }
  return (
    <>
      <p className="meta below"><span>connector {source.connector}</span>{source.location ? <span className="mono breaks">{source.location}</span> : null}</p>
      <Figures label="The source at a glance">
        <Figure name="Newest charge" note={<span>{behindText(source.days_behind)}</span>}><span className="figure-words">{source.newest_charge ? dayText(source.newest_charge, true) : "none"}</span></Figure>
        <Figure name="Last load" note={<span className="mono breaks">{source.last_load}</span>}><span className="figure-words">{source.loaded_at ? instantText(source.loaded_at) : "none"}</span></Figure>
        <Figure name="Last period" note={<span>{source.estimated_periods ? `${counted(source.estimated_periods, "period")} not invoiced yet` : "every period is invoiced"}</span>}><span className="figure-words"><StateMark state={source.state} /></span></Figure>
        <Figure name="Rows" note={<span>{quantityText(source.repaired_values)} values repaired</span>}><span className="figure-words num">{quantityText(source.rows)}</span></Figure>
        <Figure name="Rejected rows"><span className="figure-words num">{quantityText(source.rejected_rows)}</span></Figure>
      </Figures>
      <Periods report={report} csv={csv("periods")} />
      <Controls controls={report.controls} csv={csv("controls")} />
      <InvoiceSums invoices={report.invoices} csv={csv("invoices")} />
      <Loads loads={report.loads} csv={csv("loads")} />
      {report.changes.length ? <Changes changes={report.changes} csv={csv("changes")} /> : null}
    </>
  );
}
