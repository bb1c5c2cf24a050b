/** What does AI cost, and what does it yield? */

import { csvAddress } from "../api/client.ts";
import type { OperationsOverview } from "../api/operations.ts";
import { useReport } from "../api/queries.ts";
import { AiPage } from "./ai/AiPage.tsx";
import { useAsked } from "./ai/asked.ts";
import { AiFigures } from "./ai/AiFigures.tsx";
import { AiTrend } from "./ai/AiTrend.tsx";
import { ByDimension } from "./ai/ByDimension.tsx";
import { NotInCost } from "./ai/NotInCost.tsx";
import { PerUnit } from "./ai/PerUnit.tsx";

export default function Ai() {
  const { params, pins, to } = useAsked();
  const query = useReport<OperationsOverview>("/operations/overview", params);
  return (
    <AiPage title="AI" path="/ai" question="What does AI cost, and what does it yield?" query={query}>
      {(report) => (
        <>
          <AiFigures report={report} to={to("/ai/tree", pins)} />
          <NotInCost total={report.total} />
          <div className="columns wide-left">
            <AiTrend days={report.daily} meta={report.meta} csv={csvAddress("/operations/overview", params, "daily")} />
            <PerUnit total={report.total} meta={report.meta} />
          </div>
          <ByDimension />
        </>
      )}
    </AiPage>
  );
}
