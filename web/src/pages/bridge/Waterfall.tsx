/** The steps as a waterfall: totals stand on zero, changes hang where the step before them ended. */

import { useMemo } from "react";
import type { BridgeStep } from "../../api/bills.ts";
import { Chart } from "../../charts/Chart.tsx";
import { base, type ChartTheme, type Draw, textStyle, valueAxis } from "../../charts/theme.ts";
import { tip, tooltip } from "../../charts/tip.ts";
import { withCurrency } from "../../format/currency.ts";
import { amountDigits, isNegative } from "../../format/decimal.ts";
import { barsOf } from "./bars.ts";
import { useView } from "../../state/view.ts";

const ROW = 34;

function signedMoney(step: BridgeStep, currency: string): string {
  const text = withCurrency(amountDigits(step.amount), currency);
  return step.kind === "change" && !isNegative(step.amount) ? `+${text}` : text;
}

function drawSteps(steps: BridgeStep[], currency: string): Draw {
  return (theme: ChartTheme) => {
    const bars = barsOf(steps);
    const color = (step: BridgeStep) => (step.kind !== "change" ? theme.bar : isNegative(step.amount) ? theme.slots[2] : theme.slots[1]);
    const part = (pick: (low: number, high: number) => number) => bars.map(({ from, to }) => pick(Math.min(from, to), Math.max(from, to)));
    const label = (index: number) => ({ show: true, position: "right", distance: 7, formatter: () => signedMoney(steps[index] as BridgeStep, currency), ...textStyle(theme), color: theme.ink, fontWeight: steps[index]?.kind === "change" ? 450 : 600 });
    const above = part((low, high) => Math.max(0, high) - Math.max(0, low));
    const below = part((low, high) => Math.min(0, low) - Math.min(0, high));
    const shown = (values: number[], mine: (index: number) => boolean) => values.map((value, index) => ({ value, itemStyle: { color: color(steps[index] as BridgeStep) }, label: mine(index) ? label(index) : { show: false } }));
    const blank = { type: "bar", stack: "steps", silent: true, itemStyle: { color: "transparent" }, barCategoryGap: "34%" };
    return {
      ...base(theme),
      grid: { left: 4, right: theme.narrow ? 92 : 118, top: 4, bottom: 4, containLabel: true },
      tooltip: tooltip("item", (index) => {
        const step = steps[index];
        return step ? tip(step.label, [{ name: step.kind === "change" ? "Adds" : "Amount", text: signedMoney(step, currency), color: String(color(step)) }]) : document.createElement("div");
      }),
      xAxis: valueAxis(theme, currency, { splitNumber: theme.narrow ? 2 : 5 }),
      yAxis: {
        type: "category", inverse: true, data: steps.map((step) => step.label),
        axisLine: { show: false }, axisTick: { show: false },
        axisLabel: { ...textStyle(theme), color: theme.ink, interval: 0, width: theme.narrow ? 116 : 250, overflow: "break", lineHeight: 14 },
      },
      series: [
        { ...blank, data: part((low) => Math.max(0, low)) },
        { ...blank, data: part((_, high) => Math.min(0, high)) },
        { type: "bar", stack: "steps", data: shown(above, (index) => (above[index] ?? 0) > 0 || (below[index] ?? 0) === 0), barMinHeight: 2 },
        { type: "bar", stack: "steps", data: shown(below, (index) => (above[index] ?? 0) === 0 && (below[index] ?? 0) < 0) },
      ],
    };
  };
}

export function Waterfall({ steps, currency }: { steps: BridgeStep[]; currency: string }) {
  const { set } = useView();
  const draw = useMemo(() => drawSteps(steps, currency), [steps, currency]);
  const words = steps.map((step) => `${step.label} ${signedMoney(step, currency)}`).join("; ");
  return (
    <figure className="block chart-frame" aria-labelledby="waterfall-title">
      <div className="toolbar">
        <h2 id="waterfall-title">From the console to the report</h2>
        <div className="legend"><span><i className="key-bar" />totals</span><span><i className="swatch" data-slot={1} />adds</span><span><i className="swatch" data-slot={2} />takes off</span></div>
      </div>
      <Chart draw={draw} height={steps.length * ROW + 34} label={`Waterfall: ${words}. The same as a table below.`} onPick={(index, series) => { if (series >= 0) set({ step: steps[index]?.step, line: undefined, of: undefined }, { push: true }); }} />
    </figure>
  );
}
