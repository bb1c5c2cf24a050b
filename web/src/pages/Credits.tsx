/** Which customers have used up their plan? */

import { CREDITS, type CreditList, PLANS, type PlanList } from "../api/credits.ts";
import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import { compareDecimals, percentText } from "../format/decimal.ts";
import { AsOf } from "../page/AsOf.tsx";
import { PageBody } from "../page/Page.tsx";
import { Command, PageSkeleton, Problem } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { CreditTable } from "./credits/CreditTable.tsx";
import { PlanTable } from "./credits/PlanTable.tsx";
import "./budgets/budgets.css";

const MOST = "1000";
const EXAMPLE = "plans:\n  default: starter\n  usage:\n    - {by: tokens, credits: 1}\n  offered:\n    starter: {included: 1000, overage: {price: 0.02}}";

export default function Credits() {
  const { state } = useView();
  const asked = { limit: MOST, at: state["at"] };
  const query = useReport<CreditList>(CREDITS, asked);
  const plans = useReport<PlanList>(PLANS);
  const [report, error] = [query.data, query.error ?? plans.error];
  return (
    <PageBody title="Plans and credits" question="Which customers have used up their plan?" answer={plans.data?.plans.length && report ? sentence(report) : null}>
      {error ? <Problem error={error} retry={() => { void query.refetch(); void plans.refetch(); }} needsRun={false} /> : report && plans.data ? (
        plans.data.plans.length ? (
          <>
            <AsOf at={report.as_of} />
            <CreditTable rows={report.credits} more={report.next_cursor !== null} csv={csvAddress(CREDITS, asked)} />
            <PlanTable rows={plans.data.plans} csv={csvAddress(PLANS)} />
          </>
        ) : <None />
      ) : <PageSkeleton bare />}
    </PageBody>
  );
}

/** Whoever stands worst is named; of a part of the customers nothing is said beyond what the API says of it. */
function sentence(report: CreditList): string {
  if (report.next_cursor !== null) return report.headline;
  const all = report.credits.length;
  const [over, near] = [report.credits.filter((row) => row.state === "over"), report.credits.filter((row) => row.state === "near")];
  const [worst] = [...over, ...near].sort((a, b) => compareDecimals(b.percent ?? "0", a.percent ?? "0"));
  if (!worst) return `Nobody of ${all} ${all === 1 ? "customer" : "customers"} is near the end of their credits.`;
  const named = `${worst.name}${worst.percent === null ? "" : ` at ${percentText(worst.percent)}`}`;
  if (over.length === 0) return `${near.length} of ${all} customers ${near.length === 1 ? "is" : "are"} near the end of their credits: ${named}.`;
  return `${over.length} of ${all} customers ${over.length === 1 ? "has" : "have"} no credits left: ${named}${near.length ? `; ${near.length} more ${near.length === 1 ? "is" : "are"} near` : ""}.`;
}

function None() {
  return (
    <div className="notice">
      <h2>There is no plan yet</h2>
      <p>Plans are lines of apportion.yaml: how many credits each includes, what takes how many of them, and what happens beyond.</p>
      <Command>{EXAMPLE}</Command>
    </div>
  );
}

