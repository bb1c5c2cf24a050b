/** How fast a budget goes: what is spent so far beside an even pace and the limit; what is expected, dashed. */

import { useMemo } from "react";
import type { BudgetDay, OneBudget } from "../../api/budgets.ts";
import { Chart } from "../../charts/Chart.tsx";
import { ChartFrame } from "../../charts/ChartFrame.tsx";
import { base, categoryAxis, type Draw, valueAxis } from "../../charts/theme.ts";
import { tip, type TipLine, tooltip } from "../../charts/tip.ts";
import { withCurrency } from "../../format/currency.ts";
import { dayText, weekdayOf } from "../../format/dates.ts";
import { amountDigits, geometry } from "../../format/decimal.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn } from "../../table/money.tsx";
import { daysOf, titleOf } from "./words.tsx";

/** Where an even pace is by the end of each day; of days that the API says nothing of, nothing. */
function evenPace(budget: OneBudget, days: string[]): (string | null)[] {
  const known = new Map([...budget.by_day, ...budget.ahead].map((day) => [day.day, day.ideal]));
  return days.map((day) => known.get(day) ?? (day === days.at(-1) ? budget.limit : null));
}

function drawBurn(budget: OneBudget, days: string[]): Draw {
  const spent = new Map(budget.by_day.map((day) => [day.day, day]));
  const ahead = new Map(budget.ahead.map((day) => [day.day, day]));
  const last = budget.by_day.at(-1);
  const limit = geometry(budget.limit);
  const pace = evenPace(budget, days);
  const money = (text: string) => withCurrency(amountDigits(text), budget.currency);
  const value = (found: { total: string } | undefined) => (found ? geometry(found.total) : null);
  return (theme) => {
    const lines = (index: number): TipLine[] => {
      const [known, expected] = [spent.get(days[index] ?? ""), ahead.get(days[index] ?? "")];
      return [
        ...(known ? [{ name: "Spent so far", text: money(known.total), color: theme.bar }, { name: "On the day", text: money(known.spent), color: "transparent" }] : []),
        ...(expected ? [{ name: "Expected", text: money(expected.total), color: theme.accent }] : []),
        ...(pace[index] ? [{ name: "Even pace", text: money(pace[index]), color: theme.strong }] : []),
        { name: "Limit", text: money(budget.limit), color: theme.ink },
      ];
    };
    const plain = { type: "line", symbol: "none", silent: true };
    // A line of one day alone is seen as a point.
    const drawn = { ...plain, showSymbol: budget.by_day.length === 1, symbol: budget.by_day.length === 1 ? "circle" : "none" };
    return {
      ...base(theme),
      tooltip: tooltip("axis", (index) => tip(`${weekdayOf(days[index] ?? "")} ${dayText(days[index] ?? "", true)}`, lines(index))),
      xAxis: categoryAxis(theme, days, (day) => dayText(day)),
      yAxis: valueAxis(theme, budget.currency),
      series: [
        { ...plain, name: "Even pace", connectNulls: true, data: pace.map((one) => (one === null ? null : geometry(one))), z: 2, lineStyle: { color: theme.strong, width: 1.3 } },
        { ...plain, name: "Limit", data: days.map(() => limit), z: 3, lineStyle: { color: theme.ink, width: 1.3 } },
        { ...drawn, name: "Spent so far", data: days.map((day) => value(spent.get(day))), z: 5, lineStyle: { color: theme.bar, width: 2.2 }, itemStyle: { color: theme.bar }, areaStyle: { color: theme.bar, opacity: 0.13 } },
        { ...plain, name: "Expected", data: days.map((day) => (day === last?.day ? value(last) : value(ahead.get(day)))), z: 4, lineStyle: { color: theme.accent, width: 1.7, type: [5, 4] } },
      ],
    };
  };
}

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
