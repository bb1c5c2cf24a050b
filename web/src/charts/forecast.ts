/** A forecast in a chart: a dashed line in its band, on the days after those that are known. */

import type { ForecastDay, Outlook } from "../api/forecast.ts";
import { withCurrency } from "../format/currency.ts";
import { amountDigits, geometry } from "../format/decimal.ts";
import type { ChartTheme } from "./theme.ts";
import type { TipLine } from "./tip.ts";

const NAME = "Forecast";

/** The days of a chart: those that are known, then those that are only expected. */
export function withAhead(known: string[], outlook: Outlook | null | undefined): string[] {
  const seen = new Set(known);
  return [...known, ...(outlook?.days.map((day) => day.day).filter((day) => !seen.has(day)) ?? [])];
}

/** Series to lay over a chart whose categories are `days`; what cannot be pressed lets the rest be. */
export function forecastSeries(theme: ChartTheme, days: string[], outlook: Outlook | null | undefined): object[] {
  if (!outlook) return [];
  const byDay = new Map(outlook.days.map((day) => [day.day, day]));
  const of = (read: (day: ForecastDay) => number) => days.map((day) => { const found = byDay.get(day); return found ? read(found) : null; });
  const plain = { type: "line", symbol: "none", silent: true, z: 3 };
  const edge = { ...plain, stack: "forecast", stackStrategy: "all", lineStyle: { opacity: 0 } };
  return [
    { ...edge, name: "Forecast, low", data: of((day) => geometry(day.low)) },
    { ...edge, name: "Forecast, high", data: of((day) => geometry(day.high) - geometry(day.low)), areaStyle: { color: theme.accent, opacity: 0.14 } },
    { ...plain, name: NAME, data: of((day) => geometry(day.expected)), z: 4, lineStyle: { color: theme.accent, width: 1.7, type: [5, 4] } },
  ];
}

export function forecastLines(theme: ChartTheme, day: string | undefined, outlook: Outlook | null | undefined, currency: string | null): TipLine[] {
  const found = outlook?.days.find((one) => one.day === day);
  if (!found) return [];
  const money = (text: string) => withCurrency(amountDigits(text), currency);
  return [
    { name: NAME, text: money(found.expected), color: theme.accent },
    { name: "80 % certain", text: `${money(found.low)} to ${money(found.high)}`, color: "transparent" },
  ];
}
