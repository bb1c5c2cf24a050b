/** Where in the company does AI cost arise? One level of the tree, and every row opens into the next. */

import { csvAddress } from "../api/client.ts";
import type { OperationsTree } from "../api/operations.ts";
import { useReport } from "../api/queries.ts";
import { useView } from "../state/view.ts";
import { AiFigures } from "./ai/AiFigures.tsx";
import { AiPage } from "./ai/AiPage.tsx";
import { useAsked } from "./ai/asked.ts";
import { Calls } from "./ai/Calls.tsx";
import { Children } from "./ai/Children.tsx";
import { LevelsAbove, LevelsBelow } from "./ai/Levels.tsx";

export default function AiTree() {
  const { params } = useAsked();
  const { state } = useView();
  const asked = { ...params, level: state["level"] };
  const query = useReport<OperationsTree>("/operations/tree", asked);
  const csv = csvAddress("/operations/tree", asked);
  return (
    <AiPage title="AI, as a tree" path="/ai/tree" question="Where in the company does AI cost arise?" query={query}>
      {(report) => (
        <>
          <LevelsAbove report={report} />
          <AiFigures report={report} perDay={report.cost_per_day} />
          <div className="choosing">
            <LevelsBelow report={report} />
            {report.level === "call" ? <Calls report={report} csv={csv} /> : <Children report={report} csv={csv} />}
          </div>
        </>
      )}
    </AiPage>
  );
}
