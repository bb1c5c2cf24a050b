/** What would it have cost with another model? The same operations at other prices, as a whole and by what they were for. */

import { csvAddress } from "../api/client.ts";
import type { OperationsBreakdown, OperationsWhatIf } from "../api/operations.ts";
import { useReport } from "../api/queries.ts";
import { Empty } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { AiPage } from "./ai/AiPage.tsx";
import { useAsked } from "./ai/asked.ts";
import { useChoice } from "./ai/Choices.tsx";
import { FilterBy } from "./ai/FilterBy.tsx";
import { cheapestOf, groupings, modelsIn, modelsOf, pathAt } from "./ai/otherModels.ts";
import { WhatIfChart } from "./ai/WhatIfChart.tsx";
import { WhatIfControls } from "./ai/WhatIfControls.tsx";
import { WhatIfTable } from "./ai/WhatIfTable.tsx";
import { WhatIfWords } from "./ai/WhatIfWords.tsx";

const FRAME = { title: "AI at other prices", path: "/ai/what-if", question: "What would it have cost with another model?" };

export default function AiWhatIf() {
  const { params, pins } = useAsked();
  const { state } = useView();
  const { window: span, currency } = params;
  const used = useReport<OperationsBreakdown>("/operations/breakdown", { window: span, currency, by: "provider,model", limit: "1000" });
  const models = modelsIn(state["at"]) ?? cheapestOf(used.data?.groups ?? []);
  const by = useChoice("by", groupings(pins).map((one) => one.value));
  // The parameters "model" and "provider" name what is compared with; what is asked of has names of its own.
  const asked = { ...params, model: undefined, provider: undefined, from_model: params["model"], from_provider: params["provider"] };
  const path = pathAt(models);
  const some = { enabled: models.length > 0 };
  const whole = useReport<OperationsWhatIf>(path, asked, some);
  const parts = useReport<OperationsWhatIf>(path, { ...asked, by: by === "all" ? undefined : by }, some);
  const controls = <WhatIfControls models={models} used={modelsOf(used.data?.groups ?? [])} by={by} />;
  const keep: Record<string, string> = Object.fromEntries(["at", "by"].flatMap((name) => (state[name] ? [[name, state[name]]] : [])));
  const filter = <FilterBy path={FRAME.path} keep={keep} />;
  if (!models.length) {
    return (
      <AiPage {...FRAME} query={used} answer="Choose a model, and this page says what it would have cost.">
        {() => <>{controls}{filter}<Empty title="No model is chosen">Take one that you use already, or any other that has a rate.</Empty></>}
      </AiPage>
    );
  }
  return (
    <AiPage {...FRAME} query={{ ...parts, data: parts.data && whole.data ? parts.data : undefined, error: parts.error ?? whole.error }} answer={whole.data?.headline}>
      {(report) => (
        <>
          {controls}
          {filter}
          <WhatIfWords whole={whole.data?.alternatives ?? []} report={report} />
          <WhatIfChart report={report} models={models} />
          <WhatIfTable report={report} csv={csvAddress(path, { ...asked, by: by === "all" ? undefined : by })} />
        </>
      )}
    </AiPage>
  );
}
