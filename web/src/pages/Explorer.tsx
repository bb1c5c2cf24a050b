/** Any cost, grouped, filtered and compared as one likes. */

import { csvAddress } from "../api/client.ts";
import { useDimensions, useReport } from "../api/queries.ts";
import type { QueryReport } from "../api/questions.ts";
import { Amount } from "../figures/Amount.tsx";
import { PageBody } from "../page/Page.tsx";
import { windowPins } from "../page/previous.ts";
import { PageSkeleton, Problem } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { Controls } from "./explorer/Controls.tsx";
import { Filters } from "./explorer/Filters.tsx";
import { queryParams, readQuestion } from "./explorer/question.ts";
import { OverTime, ResultTable } from "./explorer/Results.tsx";
import "./explorer/explorer.css";

export default function Explorer() {
  const { state } = useView();
  const question = readQuestion(state);
  const asked = queryParams(question, state);
  const query = useReport<QueryReport>("/costs/query", asked);
  const dimensions = useDimensions();
  const report = query.data;
  return (
    <PageBody
      title="Explorer" question="Group, filter and compare any cost" busy={query.isPlaceholderData} meta={report?.meta}
      answer={report && !query.isError ? <Answer report={report} filter={asked["filter"]} /> : null}
    >
      <Controls question={question} dimensions={dimensions.data} />
      <Filters dimensions={dimensions.data} />
      {query.isError ? <Problem error={query.error} retry={() => void query.refetch()} /> : report ? (
        <>
          {report.grain !== "total" && report.rows.length && report.meta.currency ? <OverTime report={report} asked={asked} /> : null}
          <ResultTable report={report} csv={csvAddress("/costs/query", asked)} />
        </>
      ) : <PageSkeleton bare />}
    </PageBody>
  );
}

/** Money of several currencies stays apart. */
function Totals({ report }: { report: QueryReport }) {
  return (report.totals ?? []).map((one, index) => <span key={one.currency}>{index ? " and " : ""}<Amount value={one.amount} currency={one.currency} label={`Total in ${one.currency}`} /></span>);
}

function Answer({ report, filter }: { report: QueryReport; filter: string | undefined }) {
  const { meta, total, total_previous: before } = report;
  if (report.headline) return report.headline;
  const pins = { ...windowPins(meta), ...(meta.perspective ? { perspective: meta.perspective } : {}), ...(filter ? { filter } : {}) };
  return (
    <>
      <span data-testid="total-cost">{total === null ? <Totals report={report} /> : <Amount value={total} currency={meta.currency} label="Total" why={pins} />}</span>
      {filter ? " of filtered cost" : ""}{report.group_by.length ? ` by ${report.group_by.join(", ")}` : ""}
      {before !== null ? <span className="quiet">, <Amount value={before} currency={meta.currency} label="Total before" /> before</span> : null}
    </>
  );
}
