/** Do our own numbers agree with the invoice? Operations at their rates beside what their provider charged. */

import { useReport } from "../api/queries.ts";
import type { OperationsTrueUp } from "../api/value.ts";
import { Empty } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { AiPage } from "./ai/AiPage.tsx";
import { useAsked } from "./ai/asked.ts";
import { ProviderTrueUp } from "./ai/ProviderTrueUp.tsx";

const SETTING = "true_up:\n  - {provider: openai, where: {source: openai}, model: ai_model}";

export default function AiTrueUp() {
  const { params } = useAsked();
  const { state, set } = useView();
  const { window: span, currency } = params;
  const query = useReport<OperationsTrueUp>("/operations/true-up", { window: span, currency, metric: state["metric"] });
  return (
    <AiPage
      title="AI true-up" path="/ai/true-up" question="Do our own numbers agree with the provider’s invoice?" query={query}
      whole="an invoice cannot be told apart by it."
      missing={(problem) => (problem.detail.startsWith("true_up")
        ? <Empty title="Which charges are for which operations?" command={SETTING}>Say so in <code>apportion.yaml</code>, then ingest the provider&rsquo;s bill and allocate: this page sets operations at their rates beside what was charged for them.</Empty>
        : <Empty title={problem.detail} command={"apportion ingest\napportion allocate"}>{problem.hint}</Empty>)}
    >
      {(report) => (
        <>
          <div className="choices" role="group" aria-label="Cost of the invoice">
            {(["EffectiveCost", "BilledCost"] as const).map((metric) => <button key={metric} type="button" className="text-button" aria-pressed={report.charged === metric} onClick={() => set({ metric })}>{metric}</button>)}
          </div>
          {report.providers.map((one) => <ProviderTrueUp key={one.provider} one={one} currency={report.meta.currency} />)}
          {report.without.length ? (
            <p className="aside-note" data-testid="without-invoice"><span className="tag warn">No invoice named</span> Operations of {report.without.join(", ")} stand beside no charges: name them under <code>true_up</code> in <code>apportion.yaml</code>.</p>
          ) : null}
        </>
      )}
    </AiPage>
  );
}
