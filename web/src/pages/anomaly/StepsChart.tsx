/** What each day or hour cost beside what was expected of it: the range as a band, anomalous steps marked. */

import { useMemo } from "react";
import type { Anomaly, Step } from "../../api/anomalies.ts";
import { Chart } from "../../charts/Chart.tsx";
import { ChartFrame } from "../../charts/ChartFrame.tsx";
import { base, categoryAxis, type ChartTheme, type Draw, textStyle, valueAxis } from "../../charts/theme.ts";
import { tip, type TipLine, tooltip } from "../../charts/tip.ts";
import { withCurrency } from "../../format/currency.ts";
import { dayText, weekdayOf } from "../../format/dates.ts";
import { amountDigits, geometry } from "../../format/decimal.ts";
import { useDoor } from "../../state/door.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn } from "../../table/money.tsx";
import { Choices, useChoice } from "../ai/Choices.tsx";
import { Mark, shapeOf } from "../anomalies/marks.tsx";
import { stepText } from "../anomalies/words.ts";
import { whyStep } from "./doors.ts";

/** So many times the usual range, and the range can no longer be read. */
const FAR_ABOVE = 5;
const SCALES = [{ value: "all", label: "All of it" }, { value: "usual", label: "The usual range" }];

function titleOf(step: string, one: Anomaly): string {
  return one.grain === "D" ? `${weekdayOf(step)} ${dayText(step, true)}` : `${stepText(step, "H", true)} UTC`;
}

/** The upper end of the range on all but a tenth of the steps: a month's first day may be far above the others. */
function usualTop(steps: Step[]): number {
  const tops = steps.flatMap((step) => (step.upper === null ? [] : [geometry(step.upper)])).sort((a, b) => a - b);
  return tops[Math.floor((tops.length - 1) * 0.9)] ?? 0;
}

/** Hours are told by their days, each at its midnight. */
function hoursAxis(axis: Record<string, unknown>, steps: Step[], days: boolean): Record<string, unknown> {
  const label = axis["axisLabel"] as object;
  return days ? axis : { ...axis, axisLabel: { ...label, interval: (index: number) => steps[index]?.step.slice(11, 13) === "00" } };
}

function linesOf(step: Step, one: Anomaly, theme: ChartTheme): TipLine[] {
  const money = (text: string | null) => (text === null ? "not known yet" : withCurrency(amountDigits(text), one.currency));
  return [
    { name: step.anomalous ? "Cost, anomalous" : "Cost", text: money(step.amount), color: step.anomalous ? markColor(one, theme) : theme.bar },
    { name: "Expected", text: money(step.expected), color: theme.quiet },
    ...(step.lower === null ? [] : [{ name: "Range", text: `${money(step.lower)} \u2013 ${money(step.upper)}`, color: theme.strong }]),
  ];
}

function markColor(one: Anomaly, theme: ChartTheme): string {
  return one.kind === "launch" ? theme.accent : one.severity === "critical" ? theme.loss : theme.rise;
}

function drawSteps(steps: Step[], one: Anomaly, usual: boolean): Draw {
  const days = one.grain === "D";
  const number = (text: string | null) => (text === null ? null : geometry(text));
  const top = usualTop(steps) * 1.6;
  const cut = (value: number) => (usual ? Math.min(value, top) : value);
  return (theme: ChartTheme) => {
    const color = markColor(one, theme);
    const axisUnit = one.of === "usage" ? null : one.currency;
    const marked = steps.flatMap((step, index) => (step.anomalous ? [[index, cut(geometry(step.amount))]] : []));
    const cost = days
      ? { type: "bar", barCategoryGap: "26%", barMaxWidth: 26, data: steps.map((step) => ({ value: geometry(step.amount), itemStyle: { color: step.anomalous ? color : theme.bar, borderRadius: [1.5, 1.5, 0, 0] } })) }
      : { type: "line", symbol: "none", lineStyle: { color: theme.bar, width: 1.8 }, itemStyle: { color: theme.bar }, data: steps.map((step) => geometry(step.amount)) };
    const band = { type: "line", stack: "range", symbol: "none", silent: true, lineStyle: { opacity: 0 }, z: 1, tooltip: { show: false } };
    return {
      ...base(theme),
      grid: { left: 4, right: 10, top: 18, bottom: 2, containLabel: true },
      tooltip: tooltip("axis", (index) => { const step = steps[index]; return step ? tip(titleOf(step.step, one), linesOf(step, one, theme)) : document.createElement("div"); }),
      xAxis: hoursAxis(categoryAxis(theme, steps.map((step) => step.step), (step) => dayText(step)), steps, days),
      yAxis: valueAxis(theme, axisUnit, usual ? { max: top, axisLabel: { ...textStyle(theme), formatter: (value: number) => (value >= top * 0.999 ? "" : withCurrency(amountDigits(String(Number(value.toPrecision(3)))), axisUnit)) } } : {}),
      series: [
        { ...cost, z: days ? 2 : 3, clip: true },
        { ...band, data: steps.map((step) => number(step.lower)) },
        { ...band, z: days ? 3 : 1, data: steps.map((step) => (step.upper === null || step.lower === null ? null : geometry(step.upper) - geometry(step.lower))), areaStyle: { color: theme.quieter, opacity: days ? 0.3 : 0.22 } },
        { type: "line", symbol: "none", silent: true, connectNulls: false, z: 4, lineStyle: { color: theme.ink, width: 1.4, type: [4, 3] }, data: steps.map((step) => number(step.expected)) },
        {
          type: "scatter", z: 5, silent: true, symbol: shapeOf(one), symbolSize: marked.length > 12 ? 6 : 10, symbolOffset: days ? [0, -9] : [0, 0],
          itemStyle: { color, borderColor: theme.surface, borderWidth: 1 }, data: marked,
        },
      ],
    };
  };
}

function wordsOf(one: Anomaly): string {
  const out = one.chart.filter((step) => step.anomalous);
  const money = (text: string | null) => (text === null ? "nothing known" : withCurrency(amountDigits(text), one.currency));
  const said = out.slice(0, 8).map((step) => `${titleOf(step.step, one)} ${money(step.amount)} where ${money(step.expected)} was expected`).join("; ");
  return `${one.title}: ${out.length} of ${one.chart.length} ${one.grain === "D" ? "days" : "hours"} are anomalous: ${said}. The same as a table: press Table.`;
}

export function StepsChart({ one, csv }: { one: Anomaly; csv: string }) {
  const { goTo } = useDoor();
  const [main] = one.levels;
  const steps = one.chart;
  const far = Math.max(...steps.map((step) => geometry(step.amount)), 0) > FAR_ABOVE * usualTop(steps) && usualTop(steps) > 0;
  const usual = useChoice("scale", SCALES.map((scale) => scale.value)) === "usual" && far;
  const draw = useMemo(() => drawSteps(steps, one, usual), [steps, one, usual]);
  const what = main ? Object.values(main.fields).join(", ") : one.title;
  const title = `${what} by ${one.grain === "D" ? "day" : "hour"}, and what was expected`;
  const name = (row: Step) => titleOf(row.step, one);
  const why = (row: Step) => (main ? whyStep(one, main, row.step) : undefined);
  const money = { currency: one.currency, name };
  const columns: Column<Step>[] = [
    { key: "step", label: one.grain === "D" ? "Day" : "Hour", heads: true, value: (row) => row.step, render: (row) => <span className="with-mark nowrap">{name(row)}{row.anomalous ? <span className="tag warn">anomalous</span> : null}</span> },
    amountColumn<Step>({ ...money, key: "amount", label: "Cost", value: (row) => row.amount, why }),
    amountColumn<Step>({ ...money, key: "expected", label: "Expected", value: (row) => row.expected }),
    amountColumn<Step>({ ...money, key: "lower", label: "From", title: "Lower end of the usual range", value: (row) => row.lower }),
    amountColumn<Step>({ ...money, key: "upper", label: "To", title: "Upper end of the usual range", value: (row) => row.upper }),
  ];
  return (
    <ChartFrame
      name="steps" title={title}
      chart={
        <>
          <div className="chart-keys">
            <span className="legend">
              <span><i className="key-bar" />{one.of === "usage" ? "usage" : "cost"}</span><span><i className="key-dashed" />expected</span><span><i className="key-band" />usual range</span><span><Mark one={{ kind: one.kind === "fall" ? "rise" : one.kind, severity: one.severity }} />anomalous</span>
            </span>
            {far ? <Choices label="Scale" name="scale" choices={SCALES} /> : null}
          </div>
          {steps.length ? <Chart draw={draw} height={300} label={wordsOf(one)} onPick={(index) => { const step = steps[index]; const pins = step ? why(step) : undefined; if (pins) goTo([pins]); }} /> : <p className="quiet">The days around it are no longer in the ledger.</p>}
        </>
      }
      table={<DataTable<Step> name="chart" title={one.grain === "D" ? "Days" : "Hours"} level={3} columns={columns} rows={steps} rowKey={(row) => row.step} csv={csv} />}
    />
  );
}
