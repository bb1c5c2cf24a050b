/** Cost now beside cost there, for each group: bars from zero. What could not be priced as a whole is a gap. */

import { useMemo } from "react";
import type { Alternative, OperationsWhatIf } from "../../api/operations.ts";
import { Chart } from "../../charts/Chart.tsx";
import { base, type ChartTheme, type Draw, slotColor, textStyle, valueAxis } from "../../charts/theme.ts";
import { tip, type TipLine, tooltip } from "../../charts/tip.ts";
import { withCurrency } from "../../format/currency.ts";
import { amountDigits, counted, geometry, quantityText, unitDigits } from "../../format/decimal.ts";
import { useSlots } from "../../theme/slots.ts";
import { Choices, useChoice } from "./Choices.tsx";
import { fullest, groupsOf } from "./otherModels.ts";

const MOST = 12;
const NOW = "Now";

interface Measure {
  now: (row: Alternative) => string | null;
  then: (row: Alternative) => string | null;
  text: (value: string) => string;
}

const MEASURES: Record<string, Measure> = {
  cost: { now: (row) => (row.compared ? row.cost_now : null), then: (row) => (row.compared ? row.cost_then : null), text: amountDigits },
  each: { now: (row) => row.per_request_now, then: (row) => row.per_request_then, text: unitDigits },
};

interface Bars {
  name: string;
  operations: number;
  /** Now, then each model; of how many operations. */
  bars: { series: string; value: string | null; of: number }[];
}

/** A bar of some operations beside one of all of them would say what is not so: it is left out. */
function isDrawn(group: Bars, bar: Bars["bars"][number]): boolean {
  return bar.value !== null && bar.of === group.bars[0]?.of;
}

function barsOf(report: OperationsWhatIf, models: string[], measure: Measure): Bars[] {
  return groupsOf(report.alternatives, report.by).slice(0, MOST).map(({ name, at }) => {
    const most = fullest(at);
    return {
      name, operations: most?.operations ?? 0,
      bars: [
        { series: NOW, value: most ? measure.now(most) : null, of: most?.compared ?? 0 },
        ...models.map((model) => { const row = at.get(model); return { series: model, value: row ? measure.then(row) : null, of: row?.compared ?? 0 }; }),
      ],
    };
  });
}

function drawBars(groups: Bars[], measure: Measure, currency: string, slots: Map<string, number>): Draw {
  const series = groups[0]?.bars.map((bar) => bar.series) ?? [];
  return (theme: ChartTheme) => {
    const color = (name: string) => (name === NOW ? theme.idle : slotColor(theme, slots.get(name)));
    const room = theme.narrow ? 108 : 210;
    return {
      ...base(theme),
      grid: { left: 4, right: 16, top: 6, bottom: 2, containLabel: true },
      tooltip: tooltip("axis", (index) => {
        const group = groups[index];
        const lines: TipLine[] = (group?.bars ?? []).map((bar) => ({
          name: bar.of < (group?.operations ?? 0) ? `${bar.series}, ${quantityText(bar.of)} of ${quantityText(group?.operations ?? 0)}` : bar.series,
          text: bar.value === null ? "not priced" : withCurrency(measure.text(bar.value), currency), color: color(bar.series),
        }));
        return tip(group?.name ?? "", lines);
      }),
      xAxis: { ...valueAxis(theme, currency), min: 0 },
      yAxis: {
        type: "category", inverse: true, data: groups.map((group) => group.name), axisTick: { show: false }, axisLine: { lineStyle: { color: theme.strong } },
        axisLabel: { ...textStyle(theme), color: theme.ink, width: room, overflow: "truncate", interval: 0 },
      },
      series: series.map((name, at) => ({
        type: "bar", name, data: groups.map((group) => { const bar = group.bars[at]; return bar && isDrawn(group, bar) ? geometry(bar.value) : null; }),
        barMaxWidth: 15, barGap: "12%", barCategoryGap: "34%", itemStyle: { color: color(name), borderRadius: [0, 1.5, 1.5, 0] },
      })),
    };
  };
}

function wordsOf(groups: Bars[], measure: Measure, currency: string): string {
  const say = (value: string | null) => (value === null ? "not priced" : withCurrency(measure.text(value), currency));
  return `${groups.map((group) => `${group.name}: ${group.bars.map((bar) => `${bar.series} ${say(bar.value)}`).join(", ")}`).join("; ")}. The table below has every figure.`;
}

export function WhatIfChart({ report, models }: { report: OperationsWhatIf; models: string[] }) {
  const variants = report.by.includes("variant");
  const choices = [{ value: "cost", label: "In all" }, { value: "each", label: "A request" }];
  const chosen = useChoice("measure", (variants ? [...choices].reverse() : choices).map((one) => one.value));
  const measure = MEASURES[chosen] ?? MEASURES["cost"]!;
  const { currency } = report.meta;
  const slots = useSlots("model", models);
  const groups = useMemo(() => barsOf(report, models, measure), [report, models, measure]);
  const draw = useMemo(() => drawBars(groups, measure, currency, slots), [groups, measure, currency, slots]);
  const all = new Set(report.alternatives.map((row) => Object.values(row.key).join("\n"))).size;
  if (!groups.length) return null;
  return (
    <figure className="block chart-frame" aria-labelledby="what-if-chart">
      <div className="toolbar">
        <h2 id="what-if-chart">Cost now and there</h2>
        <span className="legend"><span><i className="swatch" data-slot={-2} />now</span>{models.map((model) => <span key={model}><i className="swatch" data-slot={slots.get(model) ?? -1} />{model}</span>)}</span>
        <div className="toolbar-actions"><Choices label="What the bars show" name="measure" choices={variants ? [...choices].reverse() : choices} /></div>
      </div>
      <Chart draw={draw} height={26 + groups.length * (20 + 16 * (models.length + 1))} label={wordsOf(groups, measure, currency)} />
      {groups.some((group) => group.bars.some((bar) => bar.value !== null && !isDrawn(group, bar))) ? <p className="aside-note">A model that prices only some of the operations has no bar; the table sets both costs of those beside each other.</p> : null}
      {all > groups.length ? <p className="aside-note">The dearest {groups.length} now; the table has {counted(all, "group")}.</p> : null}
    </figure>
  );
}
