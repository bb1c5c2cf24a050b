/** What AI takes of each one's revenue, what it costs, or what is left: bars from zero, losses in red. */

import { useMemo } from "react";
import type { EarningGroup, OperationsMargin } from "../../api/value.ts";
import { Chart } from "../../charts/Chart.tsx";
import { base, type ChartTheme, type Draw, textStyle, tickText, valueAxis } from "../../charts/theme.ts";
import { tip, type TipLine, tooltip } from "../../charts/tip.ts";
import { withCurrency } from "../../format/currency.ts";
import { amountDigits, compareDecimals, exactText, geometry, isNegative } from "../../format/decimal.ts";
import { Choices, useChoice } from "./Choices.tsx";

const MOST = 15;

interface Measure {
  value: string;
  label: string;
  /** What ranks the bars. */
  of: (row: EarningGroup) => string | null;
}

const MEASURES: Measure[] = [
  { value: "cost", label: "Cost", of: (row) => row.full_cost },
  { value: "share", label: "Of revenue", of: (row) => row.cost_pct },
  { value: "margin", label: "Margin", of: (row) => row.margin },
];

/** The largest, or of margins the least, first; what is not known is not drawn. */
function ranked(groups: EarningGroup[], measure: Measure): EarningGroup[] {
  const known = groups.filter((row) => measure.of(row) !== null);
  const sign = measure.value === "margin" ? 1 : -1;
  return known.sort((a, b) => sign * compareDecimals(measure.of(a) ?? "0", measure.of(b) ?? "0")).slice(0, MOST);
}

function nameOf(row: EarningGroup): string {
  return row.label ?? row.name;
}

function linesOf(row: EarningGroup, currency: string, theme: ChartTheme): TipLine[] {
  const money = (text: string | null) => (text === null ? "not known" : withCurrency(amountDigits(text), currency));
  return [
    { name: "Revenue", text: money(row.revenue), color: theme.ink },
    { name: "AI", text: money(row.cost), color: theme.bar },
    ...(row.overhead === null ? [] : [{ name: "Infrastructure", text: money(row.overhead), color: theme.idle }]),
    { name: "Margin", text: money(row.margin), loss: row.margin !== null && isNegative(row.margin) },
    ...(row.cost_pct === null ? [] : [{ name: "AI of revenue", text: `${exactText(row.cost_pct, 0)}%` }]),
  ];
}

function drawGroups(rows: EarningGroup[], measure: Measure, currency: string): Draw {
  return (theme) => {
    const bar = (name: string, color: string, data: (number | object | null)[], stack = true) => ({
      type: "bar", name, data, ...(stack ? { stack: "all" } : {}), barMaxWidth: 18, barCategoryGap: "34%", itemStyle: { color },
    });
    const share = measure.value === "share";
    const series = measure.value === "cost"
      ? [bar("AI", theme.bar, rows.map((row) => geometry(row.cost))), bar("Infrastructure", theme.idle, rows.map((row) => geometry(row.overhead)))]
      : [bar(measure.label, theme.bar, rows.map((row) => {
        const value = measure.of(row) ?? "0";
        const bad = share ? geometry(value) > 100 : isNegative(value);
        return { value: geometry(value), itemStyle: { color: bad ? theme.loss : theme.bar } };
      }), false)];
    return {
      ...base(theme),
      grid: { left: 4, right: 20, top: 6, bottom: 2, containLabel: true },
      tooltip: tooltip("axis", (index) => { const row = rows[index]; return row ? tip(nameOf(row), linesOf(row, currency, theme)) : document.createElement("div"); }),
      xAxis: share ? { ...valueAxis(theme, null), axisLabel: { ...textStyle(theme), formatter: (value: number) => `${tickText(value, null)}%` } } : valueAxis(theme, currency),
      yAxis: {
        type: "category", inverse: true, data: rows.map(nameOf), axisTick: { show: false }, axisLine: { onZero: true, lineStyle: { color: theme.strong } },
        axisLabel: { ...textStyle(theme), color: theme.ink, width: theme.narrow ? 108 : 190, overflow: "truncate", interval: 0 },
      },
      series,
    };
  };
}

function wordsOf(rows: EarningGroup[], measure: Measure, currency: string): string {
  const say = (row: EarningGroup) => { const value = measure.of(row) ?? "0"; return measure.value === "share" ? `${exactText(value, 0)}%` : withCurrency(amountDigits(value), currency); };
  return `${measure.label}: ${rows.map((row) => `${nameOf(row)} ${say(row)}`).join("; ")}. The table below has every figure.`;
}

export function MarginChart({ report }: { report: OperationsMargin }) {
  const { currency } = report.meta;
  const chosen = useChoice("measure", MEASURES.map((one) => one.value));
  const measure = MEASURES.find((one) => one.value === chosen) ?? MEASURES[0]!;
  const rows = useMemo(() => ranked(report.groups, measure), [report, measure]);
  const draw = useMemo(() => drawGroups(rows, measure, currency), [rows, measure, currency]);
  const left = report.groups.length + report.more - rows.length;
  return (
    <figure className="block chart-frame" aria-labelledby="margin-chart">
      <div className="toolbar">
        <h2 id="margin-chart">{measure.value === "cost" ? `AI cost by ${report.by}` : measure.value === "share" ? `What AI takes of the revenue, by ${report.by}` : `Margin over AI by ${report.by}`}</h2>
        {measure.value === "cost" && rows.some((row) => row.overhead !== null) ? <span className="legend"><span><i className="key-bar" />AI</span><span><i className="swatch" data-slot={-2} />infrastructure</span></span> : null}
        <div className="toolbar-actions"><Choices label="What the bars show" name="measure" choices={MEASURES} /></div>
      </div>
      {rows.length ? <Chart draw={draw} height={30 + rows.length * 28} label={wordsOf(rows, measure, currency)} /> : <p className="quiet">It is known of no {report.by}.</p>}
      {left > 0 && rows.length ? <p className="aside-note">{rows.length} of {report.groups.length + report.more} are drawn; the table has the others, too.</p> : null}
    </figure>
  );
}
