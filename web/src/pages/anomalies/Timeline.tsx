/** Anomalies over time: a lane for each service, a mark for each anomaly, its size the excess, a line as long as it lasted. */

import { useMemo } from "react";
import { useLocation } from "wouter";
import type { AnomalyRow } from "../../api/anomalies.ts";
import { Chart } from "../../charts/Chart.tsx";
import { base, type ChartTheme, type Draw, textStyle } from "../../charts/theme.ts";
import { tip, tooltip } from "../../charts/tip.ts";
import { withCurrency } from "../../format/currency.ts";
import { dayText } from "../../format/dates.ts";
import { amountDigits, compactDigits, geometry, percentText } from "../../format/decimal.ts";
import { useView } from "../../state/view.ts";
import { Mark, markStyle, shapeOf } from "./marks.tsx";
import { anomalyPath } from "./places.ts";
import { endOf, KINDS, spanText } from "./words.ts";

const LANES = 12;
const REST = "(others)";
const DAY = 86_400_000;
const STEPS = [1, 2, 7, 14, 28, 56, 84];
const [LEAST, MOST] = [9, 30];

/** Lanes from the top: what cost most more or less comes first. */
function lanesOf(rows: AnomalyRow[]): string[] {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(row.service, Math.max(sums.get(row.service) ?? 0, Math.abs(geometry(row.excess))));
  const names = [...sums].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  return names.length > LANES ? [...names.slice(0, LANES - 1), REST] : names;
}

function excessText(row: AnomalyRow): string {
  return withCurrency(compactDigits(row.excess), row.currency);
}

/** A mark, its line and its amount in their lane, in pixels; what the names of lanes take of the width is about known. */
interface Placed {
  lane: number;
  /** Where mark and line are. */
  from: number;
  to: number;
  /** How far the line goes beyond the mark. */
  after: number;
  text: string;
}

const [NAMES, LETTER, APART] = [150, 6.6, 6];

/** An amount is written before its mark or after its line, where nothing else of the lane stands; else it is told when pointed at, and in the table. */
function labelOf(one: Placed, all: Placed[], width: number): Record<string, unknown> {
  const room = APART + LETTER * one.text.length;
  const free = (from: number, to: number) => from > 0 && to < width && all.every((other) => other === one || other.lane !== one.lane || other.to < from || other.from > to);
  if (free(one.from - room, one.from)) return { show: true, position: "left", distance: APART };
  return free(one.to, one.to + room) ? { show: true, position: "right", distance: APART + one.after } : { show: false };
}

function drawTimeline(rows: AnomalyRow[], lanes: string[], through: string | null): Draw {
  const at = (row: AnomalyRow) => Math.max(0, lanes.includes(row.service) ? lanes.indexOf(row.service) : lanes.length - 1);
  const largest = Math.max(...rows.map((row) => Math.abs(geometry(row.excess))), 1);
  const size = (row: AnomalyRow) => LEAST + (MOST - LEAST) * Math.sqrt(Math.abs(geometry(row.excess)) / largest);
  const first = Math.min(...rows.map((row) => Date.parse(row.first_step)));
  const last = Math.max(...rows.map((row) => Date.parse(endOf(row.last_step, row.grain))), through ? Date.parse(through) + DAY : 0);
  // Ticks stand at midnights, so many days apart that they can be read; amounts stand left of their marks.
  const begin = Math.floor((first - Math.max(2 * DAY, (last - first) * 0.09)) / DAY) * DAY;
  const end = last + Math.max(DAY, (last - first) * 0.03);
  const apart = (labels: number) => DAY * (STEPS.find((days) => (end - begin) / DAY / days <= labels) ?? Math.ceil((end - begin) / DAY / labels));
  return (theme: ChartTheme) => {
    const width = theme.width - NAMES;
    const scale = width / (end - begin);
    const placed = rows.map((row): Placed => {
      const [x, half] = [(Date.parse(row.first_step) - begin) * scale, size(row) / 2];
      const to = Math.max(x + half, (Date.parse(endOf(row.last_step, row.grain)) - begin) * scale);
      return { lane: at(row), from: x - half, to, after: to - x - half, text: excessText(row) };
    });
    const labels = placed.map((one) => (theme.narrow ? { show: false } : labelOf(one, placed, width)));
    return {
      ...base(theme),
      grid: { left: 4, right: 16, top: 6, bottom: 2, containLabel: true },
      tooltip: tooltip("item", (index, series) => {
        const row = rows[index];
        if (!row || series === 0) return document.createElement("div");
        const money = (text: string) => withCurrency(amountDigits(text), row.currency);
        return tip(row.title, [
          { name: spanText(row), text: row.kind === "launch" ? KINDS.launch : row.severity },
          { name: "At its worst", text: money(row.current) },
          { name: "Expected", text: money(row.expected) },
          { name: "Excess so far", text: money(row.excess) },
          ...(row.deviation_pct === null ? [] : [{ name: "Deviation", text: percentText(row.deviation_pct, true) }]),
        ]);
      }),
      xAxis: {
        type: "value", min: begin, max: end, interval: apart(theme.narrow ? 3 : 9), axisTick: { show: false }, axisLine: { show: true, lineStyle: { color: theme.strong } }, splitLine: { lineStyle: { color: theme.line } },
        axisLabel: { ...textStyle(theme), hideOverlap: true, margin: 9, formatter: (value: number) => (value >= end ? "" : dayText(new Date(value).toISOString())) },
      },
      yAxis: {
        type: "category", inverse: true, data: lanes, axisTick: { show: false }, axisLine: { show: false }, splitLine: { show: true, lineStyle: { color: theme.line } },
        axisLabel: { ...textStyle(theme), color: theme.ink, width: theme.narrow ? 92 : 170, overflow: "truncate", interval: 0 },
      },
      series: [
        {
          type: "line", silent: true, z: 1, symbol: "none", connectNulls: false, lineStyle: { color: theme.quieter, width: 2 },
          data: rows.flatMap((row) => [[Date.parse(row.first_step), at(row)], [Date.parse(endOf(row.last_step, row.grain)), at(row)], [null, null]]),
        },
        {
          type: "scatter", cursor: "pointer", z: 2,
          data: rows.map((row, index) => ({
            label: labels[index],
            value: [Date.parse(row.first_step), at(row)], symbol: shapeOf(row), symbolSize: size(row),
            itemStyle: { ...markStyle(row, theme), opacity: row.state === "open" || row.state === "acknowledged" ? 1 : 0.72 },
          })),
          label: { ...textStyle(theme), opacity: 1, formatter: ({ dataIndex }: { dataIndex: number }) => { const row = rows[dataIndex]; return row ? excessText(row) : ""; } },
          labelLayout: { hideOverlap: true },
        },
      ],
    };
  };
}

function wordsOf(rows: AnomalyRow[]): string {
  const said = rows.slice(0, 12).map((row) => `${row.title}, ${spanText(row)}, ${excessText(row)}`).join("; ");
  return `${rows.length} anomalies over time: ${said}${rows.length > 12 ? "; and more" : ""}. The table below has every one.`;
}

export function Timeline({ rows, through }: { rows: AnomalyRow[]; through: string | null }) {
  const { href } = useView();
  const [, navigate] = useLocation();
  const lanes = useMemo(() => lanesOf(rows), [rows]);
  // The largest first, so that small marks lie above them.
  const marks = useMemo(() => [...rows].sort((a, b) => Math.abs(geometry(b.excess)) - Math.abs(geometry(a.excess))), [rows]);
  const draw = useMemo(() => drawTimeline(marks, lanes, through), [marks, lanes, through]);
  const keys: { words: string; kind: AnomalyRow["kind"]; severity: AnomalyRow["severity"] }[] = [
    { words: "critical", kind: "rise", severity: "critical" }, { words: "warning", kind: "rise", severity: "warning" },
    { words: "less than usual", kind: "fall", severity: "warning" }, { words: "launch", kind: "launch", severity: "warning" },
  ];
  const shown = keys.filter((key) => rows.some((row) => (key.kind === "rise" ? row.kind !== "launch" && row.severity === key.severity : row.kind === key.kind)));
  return (
    <figure className="block chart-frame" aria-labelledby="timeline-title">
      <div className="toolbar">
        <h2 id="timeline-title">When, and how much</h2>
        <span className="legend">{shown.map((key) => <span key={key.words}><Mark one={key} />{key.words}</span>)}<span>size: excess</span></span>
      </div>
      <Chart draw={draw} height={44 + Math.max(3, lanes.length) * 36} label={wordsOf(rows)} onPick={(index, series) => { const row = marks[index]; if (series === 1 && row) navigate(href(anomalyPath(row.incident_id))); }} />
    </figure>
  );
}
