/** Is the dearer prompt worth it? Cost against quality of the variants of a prompt. */

import { Link } from "wouter";
import { csvAddress } from "../api/client.ts";
import type { OperationsBreakdown, OperationsVariants } from "../api/operations.ts";
import { useReport } from "../api/queries.ts";
import { Empty } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { AiPage } from "./ai/AiPage.tsx";
import { useAsked } from "./ai/asked.ts";
import { promptsOf, telling } from "./ai/prompts.ts";
import { VariantChart } from "./ai/VariantChart.tsx";
import { VariantControls } from "./ai/VariantControls.tsx";
import { VariantSteps } from "./ai/VariantSteps.tsx";
import { VariantTable } from "./ai/VariantTable.tsx";

const FRAME = { title: "Variants of a prompt", path: "/ai/variants", question: "Is the dearer prompt worth it?" };

export default function AiVariants() {
  const { pins, params, to } = useAsked();
  const { state } = useView();
  const all = useReport<OperationsBreakdown>("/operations/breakdown", { ...params, prompt: undefined, by: "prompt,variant", limit: "1000" });
  const prompts = promptsOf(all.data?.groups ?? []);
  const prompt = pins["prompt"] ?? telling(prompts);
  const asked = { ...params, prompt, by: state["apart"], quality: state["quality"] };
  const query = useReport<OperationsVariants>("/operations/variants", asked, { enabled: prompt !== undefined });
  if (prompt === undefined) return <AiPage {...FRAME} query={all} answer="No operation names its prompt.">{() => <NoPrompts />}</AiPage>;
  return (
    <AiPage {...FRAME} query={query}>
      {(report) => (
        <>
          <VariantControls report={report} prompts={[...prompts.keys()]} />
          <div className="columns wide-left">
            <VariantChart report={report} />
            <VariantSteps report={report} csv={csvAddress("/operations/variants", asked, "steps")} />
          </div>
          <VariantTable report={report} csv={csvAddress("/operations/variants", asked, "variants")} />
          <p className="aside-note"><Link className="link underlined" href={to("/ai/what-if", { ...pins, prompt: report.prompt })}>What would these variants cost on another model?</Link></p>
        </>
      )}
    </AiPage>
  );
}

function NoPrompts() {
  return (
    <Empty title="There is nothing to compare">
      Send <code>prompt</code> and <code>variant</code> with an operation, and <code>success</code> or <code>value</code> with it or later: then this page says what better costs.
    </Empty>
  );
}
