/** Do we earn on AI? Cost, infrastructure, revenue and margin together, by customer and by feature. */

import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import type { OperationsMargin } from "../api/value.ts";
import { Empty } from "../page/states.tsx";
import { AiPage } from "./ai/AiPage.tsx";
import { useAsked } from "./ai/asked.ts";
import { Choices, useChoice } from "./ai/Choices.tsx";
import { MarginChart } from "./ai/MarginChart.tsx";
import { MarginFigures } from "./ai/MarginFigures.tsx";
import { MarginTable } from "./ai/MarginTable.tsx";

const BY = [{ value: "customer", label: "By customer" }, { value: "feature", label: "By feature" }];
const REVENUE = "customers: {connector: files, location: customers.csv}\nrevenue: {connector: files, location: revenue.csv}";

export default function AiMargin() {
  const { params, pins } = useAsked();
  // Of one feature, it is the feature whose margin is asked for.
  const choices = pins["feature"] && !pins["customer"] ? [...BY].reverse() : BY;
  const by = useChoice("by", choices.map((one) => one.value));
  const { window: span, currency } = params;
  const asked = { window: span, currency, by, limit: "1000", [by]: pins[by] };
  const query = useReport<OperationsMargin>("/operations/margin", asked);
  return (
    <AiPage
      title="AI margin" path="/ai/margin" question="Do we earn on AI?" query={query}
      whole="revenue cannot be told apart by it." narrows={[by]}
      missing={(problem) => (
        <Empty title={problem.detail} command={problem.detail.startsWith("There is no revenue") ? REVENUE : "apportion ingest\napportion allocate"}>
          {problem.hint} Then this page says what AI costs beside what it earns.
        </Empty>
      )}
    >
      {(report) => (
        <>
          <MarginFigures report={report} />
          <div className="choosing">
            <Choices label="Margin" name="by" choices={choices} />
            <MarginChart report={report} />
            <MarginTable report={report} csv={csvAddress("/operations/margin", asked)} />
          </div>
        </>
      )}
    </AiPage>
  );
}
