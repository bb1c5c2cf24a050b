/** One budget of one entity in its period: how fast it goes, and whether it lasts. */

import type { ReactNode } from "react";
import { Link } from "wouter";
import { type BudgetList, BUDGETS, budgetPath, type OneBudget } from "../api/budgets.ts";
import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import { Figure, Figures } from "../figures/Figure.tsx";
import { Meter } from "../figures/Meter.tsx";
import { withCurrency } from "../format/currency.ts";
import { instantText } from "../format/dates.ts";
import { amountDigits, counted, isZero, percentsIn, percentText } from "../format/decimal.ts";
import { PageBody } from "../page/Page.tsx";
import { PageSkeleton, Problem } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { Adjust } from "./budgets/Adjust.tsx";
import { Adjustments, Crossings, Holds, Overshoots } from "./budgets/BudgetParts.tsx";
import { BudgetTable, Money } from "./budgets/BudgetTable.tsx";
import { BurnDown } from "./budgets/BurnDown.tsx";
import { BudgetStateTag, entityWords, heldPercent, periodText, titleOf } from "./budgets/words.tsx";
import "./budgets/budgets.css";
import "./anomalies/anomalies.css";

export default function Budget({ name }: { name: string }) {
  const { state, href } = useView();
  const path = budgetPath(name);
  const asked = { entity: state["entity"], at: state["at"] };
  const query = useReport<OneBudget>(path, asked, { keep: false });
  const budget = query.data;
  const failed = query.isError ? <Problem error={query.error} retry={() => void query.refetch()} needsRun={false} /> : null;
  return (
    <PageBody title={budget ? titleOf(budget) : name} question={<><Link className="link" href={href("/budgets")}>Budgets</Link> / {budget ? titleOf(budget) : name}{budget && entityWords(budget.entity) ? ` / ${entityWords(budget.entity)}` : ""}</>} answer={budget ? percentsIn(budget.headline) : null}>
      {query.isError ? state["entity"] ? failed : <EachOf name={name} otherwise={failed} /> : budget ? <Body budget={budget} csv={(table) => csvAddress(path, asked, table)} /> : <PageSkeleton bare />}
    </PageBody>
  );
}

/** A budget that is one for each of many is shown for each; an address may have left out which. */
function EachOf({ name, otherwise }: { name: string; otherwise: ReactNode }) {
  const { state } = useView();
  const query = useReport<BudgetList>(BUDGETS, { limit: "1000", at: state["at"] });
  const rows = query.data?.budgets.filter((row) => row.budget === name) ?? [];
  if (query.isPending) return <PageSkeleton bare />;
  return rows.length ? <BudgetTable rows={rows} more={false} /> : otherwise;
}

function expectedNote(budget: OneBudget): string {
  const money = (text: string) => withCurrency(amountDigits(text), budget.currency);
  const { forecast_low: low, forecast_high: high } = budget;
  return low !== null && high !== null && low !== high ? `80 % certain: ${money(low)} to ${money(high)}` : "at the end of the period";
}

function Body({ budget, csv }: { budget: OneBudget; csv: (table: string) => string }) {
  return (
    <>
      <p className="meta below tags">
        <BudgetStateTag row={budget} />
        {Object.keys(budget.entity).length ? null : <span>the whole company</span>}
        <span>{budget.kind === "cost" ? "allocated cost" : "AI operations"}, {budget.period}</span>
        <span>{periodText(budget)}</span>
        {budget.as_of ? <span title="The newest data ends there, or it was asked for">as of {instantText(budget.as_of)}</span> : null}
      </p>
      <div className="budget-head">
        <Meter used={budget.percent ?? "0"} held={heldPercent(budget)} state={budget.state} label={`${percentText(budget.percent ?? "0")} spent`} />
        <p><b className={`num budget-percent is-${budget.state}`}>{budget.percent === null ? "–" : percentText(budget.percent)}</b><span className="quiet">begins anew {instantText(budget.until)}</span></p>
      </div>
      <Figures label="The budget">
        <Figure name="Spent"><Money row={budget} value={budget.spent} label="Spent" /></Figure>
        {budget.kind === "cost" ? null : <Figure name="Held" note={<span>{counted(budget.holds.length, "call")} that began</span>}><Money row={budget} value={budget.reserved} label="Held" /></Figure>}
        <Figure name="Left"><Money row={budget} value={budget.remaining} label="Left" /></Figure>
        <Figure name="Limit"><Money row={budget} value={budget.limit} label="Limit" /></Figure>
        {isZero(budget.over) ? null : <Figure name="Above the limit"><Money row={budget} value={budget.over} label="Above the limit" /></Figure>}
        {budget.forecast === null ? null : <Figure name="Expected" note={<span>{expectedNote(budget)}</span>}><Money row={budget} value={budget.forecast} label="Expected" /></Figure>}
      </Figures>
      {budget.uncounted ? <p className="aside-note">{counted(budget.uncounted, "operation")} of this period {budget.uncounted === 1 ? "is" : "are"} in no number here: without a price, or in another currency.</p> : null}
      <Adjust budget={budget} />
      <BurnDown budget={budget} csv={csv("by_day")} />
      <div className="columns">
        <Crossings budget={budget} csv={csv("crossings")} />
        <Adjustments budget={budget} csv={csv("adjustments")} />
      </div>
      {budget.kind === "operations" ? <><Holds budget={budget} csv={csv("holds")} /><Overshoots budget={budget} csv={csv("overshoots")} /></> : null}
    </>
  );
}
