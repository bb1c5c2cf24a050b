/** The one chart theme: the page's own tokens, read from its style sheet. */

import type { EChartsCoreOption } from "echarts/core";
import { withCurrency } from "../format/currency.ts";
import { MINUS } from "../format/decimal.ts";

export interface ChartTheme {
  ink: string;
  quiet: string;
  quieter: string;
  line: string;
  strong: string;
  surface: string;
  accent: string;
  bar: string;
  loss: string;
  rise: string;
  slots: string[];
  rest: string;
  idle: string;
  font: string;
  width: number;
  narrow: boolean;
}

export type Draw = (theme: ChartTheme) => EChartsCoreOption;

export function readTheme(element: HTMLElement): ChartTheme {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    ink: token("--ink"), quiet: token("--ink-2"), quieter: token("--ink-3"), line: token("--line"), strong: token("--line-strong"),
    surface: token("--surface"), accent: token("--accent"), bar: token("--bar"), loss: token("--loss"), rise: token("--rise"),
    slots: Array.from({ length: 8 }, (_, slot) => token(`--slot-${slot}`)), rest: token("--slot-rest"), idle: token("--slot-idle"),
    font: token("--font"), width: element.clientWidth, narrow: element.clientWidth < 520,
  };
}

export function slotColor(theme: ChartTheme, slot: number | undefined): string {
  if (slot === -2) return theme.idle;
  return slot === undefined || slot < 0 ? theme.rest : (theme.slots[slot] ?? theme.rest);
}

const STEPS: [number, string][] = [[1e9, "B"], [1e6, "M"], [1e3, "k"]];

/** A round number on an axis: 4000 is "$4k". Axis ticks are geometry, not figures of the ledger. */
export function tickText(value: number, currency: string | null): string {
  const size = Math.abs(value);
  const step = STEPS.find(([least]) => size >= least);
  const number = step ? `${Number((size / step[0]).toPrecision(3))}${step[1]}` : String(Number(size.toPrecision(3)));
  return withCurrency(`${value < 0 ? MINUS : ""}${number}`, currency);
}

export function textStyle(theme: ChartTheme): Record<string, unknown> {
  return { fontFamily: theme.font, fontSize: 11.5, color: theme.quiet };
}

export function valueAxis(theme: ChartTheme, currency: string | null, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: "value", splitNumber: 4,
    axisLine: { show: false }, axisTick: { show: false }, splitLine: { lineStyle: { color: theme.line } },
    axisLabel: { ...textStyle(theme), formatter: (value: number) => tickText(value, currency) }, ...more,
  };
}

export function categoryAxis(theme: ChartTheme, names: string[], label: (name: string, index: number) => string): Record<string, unknown> {
  return {
    type: "category", data: names, boundaryGap: true,
    axisLine: { onZero: true, lineStyle: { color: theme.strong } }, axisTick: { show: false },
    axisLabel: { ...textStyle(theme), hideOverlap: true, formatter: label, margin: 9 },
  };
}

export function base(theme: ChartTheme): Record<string, unknown> {
  return {
    animation: false, textStyle: textStyle(theme),
    grid: { left: 4, right: 8, top: 12, bottom: 2, containLabel: true },
  };
}
