/** Is every cent accounted for, at every step? */

import { csvAddress } from "../api/client.ts";
import type { Health } from "../api/health.ts";
import { useReport } from "../api/queries.ts";
import type { Statement } from "../api/reconciliation.ts";
import { PageBody } from "../page/Page.tsx";
import { Empty, PageSkeleton, Problem } from "../page/states.tsx";
import { Controls } from "./reconciliation/Controls.tsx";
import { RuleTable } from "./reconciliation/RuleTable.tsx";
import { StatementTable } from "./reconciliation/StatementTable.tsx";
import { Steps, StepTable } from "./reconciliation/Steps.tsx";
import { useAsked } from "./reconciliation/asked.ts";
import { Through } from "./reconciliation/Through.tsx";
import "./reconciliation/reconciliation.css";

export default function Reconciliation() {
  const asked = useAsked();
  const query = useReport<Statement>("/reconciliation", asked, { enabled: Boolean(asked["perspective"]) });
  const health = useReport<Health>("/health");
  const report = query.data;
  const total = report?.totals[0];
  const csv = (table: string) => csvAddress("/reconciliation", asked, table);
  return (
    <PageBody title="Reconciliation" question="Is every cent accounted for, at every step?" busy={query.isPlaceholderData} answer={report && !query.isError ? report.headline : null}>
      {query.isError || health.data?.run === null ? <Problem error={query.error ?? new Error("Nothing has been allocated yet.")} retry={() => void query.refetch()} /> : report ? (
        <>
          <Controls asked={asked} run={health.data?.run ?? null} />
          {total ? (
            <>
              <Steps total={total} />
              <Through total={total} rules={report.by_rule} />
              <RuleTable total={total} rules={report.by_rule} csv={csv("by_rule")} />
              <StatementTable report={report} csv={csv("rows")} />
              <StepTable report={report} csv={csv("stages")} />
            </>
          ) : <Empty title="No bill matches">Choose another source or period.</Empty>}
        </>
      ) : <PageSkeleton bare />}
    </PageBody>
  );
}
