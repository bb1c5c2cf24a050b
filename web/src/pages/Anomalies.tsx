/** What costs more or less than usual? */

import { type Anomalies as AnomaliesReport, anomaliesPath } from "../api/anomalies.ts";
import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import { dayText } from "../format/dates.ts";
import { PageBody } from "../page/Page.tsx";
import { Empty, PageSkeleton, Problem } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { AnomalyFilters } from "./anomalies/AnomalyFilters.tsx";
import { AnomalyTable } from "./anomalies/AnomalyTable.tsx";
import { useAskedAnomalies } from "./anomalies/asked.ts";
import { Timeline } from "./anomalies/Timeline.tsx";
import "./anomalies/anomalies.css";

const MOST = "1000";

export default function Anomalies() {
  const { pins, params } = useAskedAnomalies();
  const path = anomaliesPath(pins);
  const query = useReport<AnomaliesReport>(path, { ...params, limit: MOST });
  const report = query.data;
  return (
    <PageBody title="Anomalies" question="What costs more or less than usual?" answer={query.isError || !report ? null : report.sentence} busy={query.isPlaceholderData}>
      {query.isError ? <Problem error={query.error} retry={() => void query.refetch()} /> : report ? <Body report={report} csv={csvAddress(path, { ...params, limit: MOST })} /> : <PageSkeleton bare />}
    </PageBody>
  );
}

function Body({ report, csv }: { report: AnomaliesReport; csv: string }) {
  const { narrowed } = useAskedAnomalies();
  if (report.judged_through === null && report.total === 0) {
    return (
      <Empty title="Nobody has looked yet" command={"apportion anomalies look"}>
        Days are compared with what they usually cost once there are a few weeks of bills. <code>apportion serve</code> looks by itself from then on.
      </Empty>
    );
  }
  return (
    <>
      <p className="meta below">
        <span>{report.metric}</span>
        {report.judged_through ? <span title="The last day that was looked at">judged through {dayText(report.judged_through)}</span> : null}
        {report.data_through ? <span>data through {dayText(report.data_through)}</span> : null}
        <span className="status estimated" title="Actual costs are exact; what was expected of them is estimated">Expected amounts are estimates</span>
      </p>
      <AnomalyFilters />
      {report.anomalies.length ? (
        <>
          <Timeline rows={report.anomalies} through={report.judged_through} />
          <AnomalyTable rows={report.anomalies} total={report.total} csv={csv} />
        </>
      ) : narrowed ? <NoneSo /> : <p className="quiet block">No day or hour was out of its usual range.</p>}
    </>
  );
}

function NoneSo() {
  const { set } = useView();
  return (
    <div className="notice">
      <h2>No anomaly is like this</h2>
      <p>None that is known has this state, severity, kind and grain, and is about this.</p>
      <button type="button" className="text-button bordered" onClick={() => set({ state: undefined, severity: undefined, kind: undefined, grain: undefined, of: undefined })}>Show all</button>
    </div>
  );
}
