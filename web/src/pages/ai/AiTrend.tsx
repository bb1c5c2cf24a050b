/** How AI moves by day: cost, requests, tokens as bars from zero; what one costs and how much succeeds as lines. */

import { useMemo } from "react";
import type { DayFigures, OperationsMeta } from "../../api/operations.ts";
import { Chart } from "../../charts/Chart.tsx";
import { ChartFrame } from "../../charts/ChartFrame.tsx";
import { base, categoryAxis, type Draw, valueAxis } from "../../charts/theme.ts";
import { tip, tooltip } from "../../charts/tip.ts";
import { withCurrency } from "../../format/currency.ts";
import { dayText, weekdayOf } from "../../format/dates.ts";
import { amountDigits, geometry, percentText, unitDigits } from "../../format/decimal.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, countColumn, percentColumn } from "../../table/money.tsx";
import { Choices, useChoice } from "./Choices.tsx";
import { countText } from "./counts.ts";

interface Measure {
  value: string;
  label: string;
  of: (day: DayFigures) => string | null;
  text: (value: string, currency: string) => string;
  line?: boolean;
  money?: boolean;
}

const count = (value: number | null) => (value === null ? null : String(value));
const MEASURES: Measure[] = [
  { value: "cost", label: "Cost", of: (day) => day.cost, text: (value, currency) => withCurrency(amountDigits(value), currency), money: true },
  { value: "each", label: "Per request", of: (day) => day.cost_per_request, text: (value, currency) => withCurrency(unitDigits(value), currency), money: true, line: true },
  { value: "requests", label: "Requests", of: (day) => count(day.operations), text: (value) => countText(Number(value)) },
  { value: "tokens", label: "Tokens", of: (day) => count(day.tokens), text: (value) => countText(Number(value)) },
  { value: "cache", label: "From cache", of: (day) => day.cached_pct, text: (value) => percentText(value), line: true },
  { value: "success", label: "Success", of: (day) => day.success_pct, text: (value) => percentText(value), line: true },
];

function drawTrend(days: DayFigures[], measure: Measure, currency: string): Draw {
  return (theme) => {
    const values = days.map((day) => measure.of(day));
    const data = values.map((value) => (value === null ? null : geometry(value)));
    const percent = measure.value === "cache" || measure.value === "success";
    const axis = valueAxis(theme, measure.money ? currency : null, percent ? { max: 100 } : {});
    return {
      ...base(theme),
      tooltip: tooltip("axis", (index) => {
        const day = days[index];
        const value = values[index];
        return tip(`${weekdayOf(day?.start ?? "")} ${dayText(day?.start ?? "", true)}`, [{ name: measure.label, text: value ? measure.text(value, currency) : "not known", color: theme.bar }]);
      }),
      xAxis: categoryAxis(theme, days.map((day) => day.start), (day) => dayText(day)),
      yAxis: axis,
      series: [measure.line
        ? { type: "line", data, connectNulls: false, symbol: "circle", symbolSize: 4, lineStyle: { color: theme.accent, width: 1.8 }, itemStyle: { color: theme.accent } }
        : { type: "bar", data, barCategoryGap: "26%", barMaxWidth: 34, itemStyle: { color: theme.bar, borderRadius: [1.5, 1.5, 0, 0] } }],
    };
  };
}

function wordsOf(days: DayFigures[], measure: Measure, currency: string): string {
  const known = days.flatMap((day) => { const value = measure.of(day); return value === null ? [] : [{ day: day.start, value }]; });
  const ordered = [...known].sort((a, b) => geometry(a.value) - geometry(b.value));
  const [least, most] = [ordered[0], ordered.at(-1)];
  if (!least || !most) return `${measure.label} by day: not known on any day.`;
  const say = (point: { day: string; value: string }) => `${measure.text(point.value, currency)} on ${dayText(point.day)}`;
  return `${measure.label} by day over ${days.length} days: least ${say(least)}, most ${say(most)}. The same as a table: press Table.`;
}

export function AiTrend({ days, meta, csv }: { days: DayFigures[]; meta: OperationsMeta; csv: string }) {
  const { currency } = meta;
  const chosen = useChoice("trend", MEASURES.map((one) => one.value));
  const measure = MEASURES.find((one) => one.value === chosen) ?? MEASURES[0]!;
  const draw = useMemo(() => drawTrend(days, measure, currency), [days, measure, currency]);
  const name = (row: DayFigures) => row.start;
  const columns: Column<DayFigures>[] = [
    { key: "start", label: "Day", heads: true, value: name, render: (row) => `${weekdayOf(row.start)} ${dayText(row.start, true)}` },
    amountColumn<DayFigures>({ key: "cost", label: "Cost", currency, value: (row) => row.cost, name }),
    amountColumn<DayFigures>({ key: "cost_per_request", label: "Per request", unit: true, currency, value: (row) => row.cost_per_request, name }),
    countColumn<DayFigures>("operations", "Requests", (row) => row.operations),
    countColumn<DayFigures>("tokens", "Tokens", (row) => row.tokens),
    percentColumn<DayFigures>("cached_pct", "From cache", (row) => row.cached_pct),
    percentColumn<DayFigures>("success_pct", "Success", (row) => row.success_pct),
  ];
  return (
    <ChartFrame
      name="daily" title={`${measure.label} by day`}
      chart={<><Choices label="What the chart shows" name="trend" choices={MEASURES} /><Chart draw={draw} height={264} label={wordsOf(days, measure, currency)} /></>}
      table={<DataTable<DayFigures> name="days" title="Days" level={3} columns={columns} rows={days} rowKey={name} csv={csv} />}
    />
  );
}
