/** The chart of how fast a budget goes: what is spent so far, an even pace, the limit, and what is expected. */

import type { OneBudget } from "../../api/budgets.ts";
import { base, categoryAxis, type ChartTheme, type Draw, valueAxis } from "../../charts/theme.ts";
import { tip, type TipLine, tooltip } from "../../charts/tip.ts";
import { withCurrency } from "../../format/currency.ts";
import { dayText, weekdayOf } from "../../format/dates.ts";
import { amountDigits, geometry } from "../../format/decimal.ts";

const PLAIN = { type: "line", symbol: "none", silent: true };

function placed(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : geometry(text);
}

/** Where an even pace is by the end of each day; of days that the API says nothing of, nothing. */
export function evenPace(budget: Pick<OneBudget, "by_day" | "ahead" | "limit">, days: string[]): (string | null)[] {
  const known = new Map([...budget.by_day, ...budget.ahead].map((day) => [day.day, day.ideal]));
  return days.map((day, index) => known.get(day) ?? (index === days.length - 1 ? budget.limit : null));
}

function linesOf(budget: OneBudget, day: string, pace: string | null, theme: ChartTheme): TipLine[] {
  const money = (text: string) => withCurrency(amountDigits(text), budget.currency);
  const known = budget.by_day.find((one) => one.day === day);
  const ahead = budget.ahead.find((one) => one.day === day);
  return [
    ...(known ? [{ name: "Spent so far", text: money(known.total), color: theme.bar }, { name: "On the day", text: money(known.spent), color: "transparent" }] : []),
    ...(ahead ? [{ name: "Expected", text: money(ahead.total), color: theme.accent }] : []),
    ...(ahead?.low && ahead.high ? [{ name: "80 % certain", text: `${money(ahead.low)} to ${money(ahead.high)}`, color: "transparent" }] : []),
    ...(pace === null ? [] : [{ name: "Even pace", text: money(pace), color: theme.strong }]),
    { name: "Limit", text: money(budget.limit), color: theme.ink },
  ];
}

/** What is expected, dashed from the last day that is known on, in its band where there is one. */
function expected(budget: OneBudget, days: string[], theme: ChartTheme): object[] {
  const ahead = new Map(budget.ahead.map((day) => [day.day, day]));
  const last = budget.by_day.at(-1);
  const edge = { ...PLAIN, stack: "band", stackStrategy: "all", lineStyle: { opacity: 0 }, z: 1 };
  const [low, high] = [days.map((day) => placed(ahead.get(day)?.low)), days.map((day) => placed(ahead.get(day)?.high))];
  const width = high.map((top, index) => { const bottom = low[index]; return top === null || bottom === null || bottom === undefined ? null : top - bottom; });
  return [
    ...(width.some((one) => one !== null) ? [{ ...edge, name: "Expected, low", data: low }, { ...edge, name: "Expected, high", data: width, areaStyle: { color: theme.accent, opacity: 0.14 } }] : []),
    { ...PLAIN, name: "Expected", data: days.map((day) => placed(day === last?.day ? last.total : ahead.get(day)?.total)), z: 4, lineStyle: { color: theme.accent, width: 1.7, type: [5, 4] } },
  ];
}

function spent(budget: OneBudget, days: string[], theme: ChartTheme): object {
  const known = new Map(budget.by_day.map((day) => [day.day, day.total]));
  // A line of one day alone is seen as a point.
  const alone = budget.by_day.length === 1;
  return { ...PLAIN, symbol: alone ? "circle" : "none", name: "Spent so far", data: days.map((day) => placed(known.get(day))), z: 5, lineStyle: { color: theme.bar, width: 2.2 }, itemStyle: { color: theme.bar }, areaStyle: { color: theme.bar, opacity: 0.13 } };
}

export function drawBurn(budget: OneBudget, days: string[]): Draw {
  const pace = evenPace(budget, days);
  const limit = geometry(budget.limit);
  return (theme) => ({
    ...base(theme),
    tooltip: tooltip("axis", (index) => tip(`${weekdayOf(days[index] ?? "")} ${dayText(days[index] ?? "", true)}`, linesOf(budget, days[index] ?? "", pace[index] ?? null, theme))),
    xAxis: categoryAxis(theme, days, (day) => dayText(day)),
    yAxis: valueAxis(theme, budget.currency),
    series: [
      { ...PLAIN, name: "Even pace", connectNulls: true, data: pace.map(placed), z: 2, lineStyle: { color: theme.strong, width: 1.3 } },
      { ...PLAIN, name: "Limit", data: days.map(() => limit), z: 3, lineStyle: { color: theme.ink, width: 1.3 } },
      spent(budget, days, theme),
      ...expected(budget, days, theme),
    ],
  });
}
