/** Cost over time as stacked bars, one colour per key; the keys beside it carry their amounts. */

import { useMemo } from "react";
import type { Outlook } from "../api/forecast.ts";
import { Amount } from "../figures/Amount.tsx";
import { withCurrency } from "../format/currency.ts";
import { amountDigits, geometry } from "../format/decimal.ts";
import type { Pins } from "../state/why.ts";
import { Chart } from "./Chart.tsx";
import { forecastLines, forecastSeries, withAhead } from "./forecast.ts";
import { ForecastNote } from "./ForecastNote.tsx";
import { base, categoryAxis, type Draw, slotColor, valueAxis } from "./theme.ts";
import { tip, tooltip } from "./tip.ts";

export interface StackSeries {
  key: string;
  total?: string | null | undefined;
  /** One value per period; null where nothing is known, which shows as a gap. */
  values: (string | null)[];
  why?: Pins | Pins[] | undefined;
}

interface StackChartProps {
  label: string;
  periods: string[];
  periodText: (period: string) => string;
  series: StackSeries[];
  /** What the API says all series of a period are together. */
  totals?: (string | null)[];
  slots: Map<string, number>;
  currency: string | null;
  shape?: "bars" | "lines";
  height?: number;
  /** What all series together are expected to cost after the last period, where periods are days. */
  outlook?: Outlook | null | undefined;
  /** A click on a series, or beside the bars of a period (null). */
  onPick?: (series: StackSeries | null, index: number) => void;
}

function drawStack(props: StackChartProps): Draw {
  const { series, slots, currency, outlook } = props;
  const periods = withAhead(props.periods, outlook);
  const lines = props.shape === "lines";
  return (theme) => {
    const color = (key: string) => slotColor(theme, slots.get(key));
    const money = (text: string) => withCurrency(amountDigits(text), currency);
    return {
      ...base(theme),
      tooltip: tooltip("axis", (index) => {
        const rows = series.flatMap((one) => {
          const value = one.values[index];
          return value ? [{ name: one.key, text: money(value), color: color(one.key) }] : [];
        });
        const total = props.totals?.[index];
        const known = total ? [{ name: "Total", text: money(total), color: "transparent" }, ...rows] : rows;
        return tip(props.periodText(periods[index] ?? ""), [...known, ...forecastLines(theme, periods[index], outlook, currency)]);
      }),
      xAxis: categoryAxis(theme, periods, (period) => props.periodText(period)),
      yAxis: valueAxis(theme, currency),
      series: [...series.map((one) => ({
        name: one.key, data: one.values.map((value) => (value === null ? null : geometry(value))), connectNulls: false,
        ...(lines
          ? { type: "line", symbol: "none", lineStyle: { color: color(one.key), width: 1.8 }, itemStyle: { color: color(one.key) } }
          : { type: "bar", stack: "all", barCategoryGap: "24%", barMaxWidth: 34, itemStyle: { color: color(one.key), borderColor: theme.surface, borderWidth: 0.6 } }),
      })), ...(lines ? [] : forecastSeries(theme, periods, outlook))],
    };
  };
}

export function StackChart(props: StackChartProps) {
  const { series, periods, slots, currency, totals, shape, periodText, outlook } = props;
  // Everything the drawing is made of; the props object itself is new on every render.
  const draw = useMemo(() => drawStack({ label: "", series, periods, slots, currency, totals: totals ?? [], shape: shape ?? "bars", periodText, outlook }), [series, periods, slots, currency, totals, shape, periodText, outlook]);
  const pick = props.onPick;
  return (
    <div className="with-keys">
      <div>
        <Chart draw={draw} height={props.height ?? 280} label={props.label} {...(pick ? { onPick: (index: number, at: number) => { if (index < periods.length) pick(series[at] ?? null, index); } } : {})} />
        <ForecastNote outlook={outlook} />
      </div>
      <Keys series={series} slots={slots} currency={currency} />
    </div>
  );
}

function Keys({ series, slots, currency }: { series: StackSeries[]; slots: Map<string, number>; currency: string | null }) {
  return (
    <ul className="keys" aria-label="Colours and totals">
      {series.map((one) => (
        <li key={one.key}>
          <i className="swatch" data-slot={slots.get(one.key) ?? -1} />
          <span className="key-name" title={one.key}>{one.key}</span>
          {one.total ? <Amount value={one.total} currency={currency} label={one.key} why={one.why} /> : null}
        </li>
      ))}
    </ul>
  );
}
