/** How fast a budget goes: what is spent so far beside an even pace and the limit; what is expected, dashed. */

import { useMemo } from "react";
import type { BudgetDay, OneBudget } from "../../api/budgets.ts";
import { Chart } from "../../charts/Chart.tsx";
import { ChartFrame } from "../../charts/ChartFrame.tsx";
import { withCurrency } from "../../format/currency.ts";
import { dayText, weekdayOf } from "../../format/dates.ts";
import { amountDigits } from "../../format/decimal.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn } from "../../table/money.tsx";
import { drawBurn } from "./burn.ts";
import { daysOf, titleOf } from "./words.tsx";

function spoken(budget: OneBudget): string {
  const money = (text: string) => withCurrency(amountDigits(text), budget.currency);
  const last = budget.by_day.at(-1);
  return `Spent so far by day: ${last ? `${money(last.total)} by ${dayText(last.day)}` : "nothing"}, of a limit of ${money(budget.limit)}${budget.forecast === null ? "" : `; ${money(budget.forecast)} expected at the end`}. The same as a table: press Table.`;
}

export function BurnDown({ budget, csv }: { budget: OneBudget; csv: string }) {
  const days = useMemo(() => daysOf(budget), [budget]);
  const draw = useMemo(() => drawBurn(budget, days), [budget, days]);
  const money = { currency: budget.currency, name: (row: BudgetDay) => `${titleOf(budget)}, ${row.day}` };
  return (
    <ChartFrame
      name="burn" title="Spent so far"
      chart={
        <>
          <p className="legend burn-keys">
            <span><i className="key-line burn-spent" />spent so far</span>
            <span><i className="key-line burn-even" />an even pace</span>
            <span><i className="key-line" />limit</span>
            {budget.forecast !== null && budget.ahead.length ? <span><i className="key-dash burn-ahead" />expected, by {budget.forecast_by}</span> : null}
          </p>
          <Chart draw={draw} height={260} label={spoken(budget)} />
        </>
      }
      table={
        <DataTable<BudgetDay>
          name="days" title="Days" level={3} rows={budget.by_day} rowKey={(row) => row.day} csv={csv} empty={<p className="quiet">Nothing was spent yet.</p>}
          columns={[
            { key: "day", label: "Day", heads: true, value: (row) => row.day, render: (row) => `${weekdayOf(row.day)} ${dayText(row.day, true)}` },
            amountColumn<BudgetDay>({ ...money, key: "spent", label: "Spent", value: (row) => row.spent }),
            amountColumn<BudgetDay>({ ...money, key: "total", label: "So far", value: (row) => row.total }),
            amountColumn<BudgetDay>({ ...money, key: "ideal", label: "Even pace", value: (row) => row.ideal }),
          ]}
        />
      }
    />
  );
}
