/** Who is near a limit, and will it hold? */

import { BUDGETS, type BudgetList } from "../api/budgets.ts";
import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import { compareDecimals, percentText } from "../format/decimal.ts";
import { AsOf } from "../page/AsOf.tsx";
import { PageBody } from "../page/Page.tsx";
import { Command, PageSkeleton, Problem } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { BudgetTable } from "./budgets/BudgetTable.tsx";
import { entityWords, titleOf } from "./budgets/words.tsx";
import "./budgets/budgets.css";

const MOST = "1000";
const EXAMPLE = "budgets:\n  search:\n    for: {team: search}\n    amount: 500\n    period: monthly\n    enforced: true";

export default function Budgets() {
  const { state } = useView();
  const asked = { limit: MOST, at: state["at"] };
  const query = useReport<BudgetList>(BUDGETS, asked);
  const report = query.data;
  return (
    <PageBody title="Budgets" question="Who is near a limit, and will it hold?" answer={report?.budgets.length ? sentence(report) : null}>
      {query.isError ? <Problem error={query.error} retry={() => void query.refetch()} needsRun={false} /> : report ? (
        report.budgets.length ? <><AsOf at={report.budgets[0]?.as_of} /><BudgetTable rows={report.budgets} more={report.next_cursor !== null} csv={csvAddress(BUDGETS, asked)} /></> : <None />
      ) : <PageSkeleton bare />}
    </PageBody>
  );
}

/** What the API says, and who stands worst, where all budgets are here to look at. */
function sentence(report: BudgetList): string {
  const [worst] = report.budgets.filter((row) => row.state !== "within").sort((a, b) => compareDecimals(b.percent ?? "0", a.percent ?? "0"));
  if (!worst || report.next_cursor !== null) return report.headline;
  return `${report.headline.replace(/\.$/, "")}: ${entityWords(worst.entity) || titleOf(worst)} at ${percentText(worst.percent)}.`;
}

function None() {
  return (
    <div className="notice">
      <h2>There is no budget yet</h2>
      <p>Budgets are lines of apportion.yaml: whose they are, how much, for how long, and whether calls are refused that there is no room for.</p>
      <Command>{EXAMPLE}</Command>
    </div>
  );
}
