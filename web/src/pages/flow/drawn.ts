/** The flow as a drawing: nodes stand in their columns, bands have the colour of the origin they belong to. */

import type { FlowBand, FlowNode, FlowReport, Stage } from "../../api/flow.ts";
import { base, type ChartTheme, type Draw, slotColor, textStyle } from "../../charts/theme.ts";
import { tip, tooltip } from "../../charts/tip.ts";
import { withCurrency } from "../../format/currency.ts";
import { amountDigits, compactDigits, geometry, isNegative, percentText, roundDecimal } from "../../format/decimal.ts";

const GAP = 15;

export interface Drawn {
  nodes: Map<string, FlowNode>;
  bands: FlowBand[];
}

/** A band of nothing has no width to draw. */
export function drawnOf(report: FlowReport): Drawn {
  return { nodes: new Map(report.nodes.map((node) => [node.id, node])), bands: report.bands.filter((band) => geometry(band.amount) !== 0) };
}

export function heightOf(report: FlowReport): number {
  const counts = new Map<Stage, number>();
  for (const node of report.nodes) counts.set(node.stage, (counts.get(node.stage) ?? 0) + 1);
  return Math.max(380, Math.max(...counts.values()) * 42);
}

/** Above and below the drawing, where labels of the first and the last node reach. */
const EDGE = { top: 6, bottom: 8 };
const ROOMY = 34;

/**
 * Where the nodes on the way stand, as parts of the height: spread around the middle, for there are few of them and
 * their bands would cross all others at the top. The other columns stand as the drawing puts them.
 */
function placesOf(report: FlowReport, drawn: Drawn): Map<string, number> {
  const height = heightOf(report) - EDGE.top - EDGE.bottom;
  const sizes = new Map<string, number>();
  for (const node of report.nodes) {
    const sum = (end: "source" | "target") => drawn.bands.reduce((total, band) => total + (band[end] === node.id ? Math.abs(geometry(band.amount)) : 0), 0);
    sizes.set(node.id, Math.max(sum("source"), sum("target")));
  }
  const columns = report.columns.map((column) => report.nodes.filter((node) => node.stage === column.stage));
  const total = (nodes: FlowNode[]) => nodes.reduce((sum, node) => sum + (sizes.get(node.id) ?? 0), 0);
  const scale = Math.min(...columns.map((nodes) => (height - (nodes.length - 1) * GAP) / (total(nodes) || 1)));
  const nodes = report.nodes.filter((node) => node.stage === "node");
  const free = height - total(nodes) * scale;
  const gap = Math.min(ROOMY, free / (nodes.length + 1));
  let at = (free - gap * (nodes.length - 1)) / 2;
  const places = new Map<string, number>();
  for (const node of nodes) {
    places.set(node.id, at / height);
    at += (sizes.get(node.id) ?? 0) * scale + gap;
  }
  return places;
}

/** "(others)" says how many it stands for. */
export function nameOf(node: FlowNode): string {
  return node.kind === "others" ? `${node.members} others` : node.label.replace(/^\((.*)\)$/, "$1");
}

/** From a thousand on without cents: a label of a drawing is short, its tooltip and the table are exact. */
function shortly(amount: string, currency: string | null): string {
  const whole = roundDecimal(amount, 0);
  return withCurrency(whole.replace("-", "").length > 6 ? compactDigits(amount) : whole.replace("-", "").length > 2 ? amountDigits(whole, 0) : amountDigits(amount), currency);
}

/** The colour of the origin a band comes from or leads to, or of the node that passed it on. */
function colorOf(theme: ChartTheme, band: FlowBand, drawn: Drawn, slots: Map<string, number>): string {
  if (isNegative(band.amount)) return theme.loss;
  const ends = [drawn.nodes.get(band.source), drawn.nodes.get(band.target)];
  const origin = ends.find((node) => node?.stage === "origin") ?? ends.find((node) => node?.stage === "node");
  return slotColor(theme, origin && origin.kind !== "others" ? slots.get(origin.name) : -1);
}

function nodeColor(theme: ChartTheme, node: FlowNode, slots: Map<string, number>): string {
  if (node.kind === "idle") return theme.idle;
  if (node.kind === "unallocated" || node.kind === "others") return theme.rest;
  if (node.stage === "node") return slotColor(theme, slots.get(node.name) ?? -1);
  return node.stage === "origin" ? slotColor(theme, slots.get(node.name)) : theme.quiet;
}

export function drawFlow(report: FlowReport, slots: Map<string, number>): Draw {
  const drawn = drawnOf(report);
  const { currency } = report.meta;
  const depths = new Map(report.columns.map((column, depth) => [column.stage, depth]));
  const money = (text: string) => withCurrency(amountDigits(text), currency);
  const places = placesOf(report, drawn);
  const placed = (node: FlowNode) => (places.has(node.id) ? { localY: places.get(node.id) } : {});
  return (theme) => {
    const last = report.columns.length - 1;
    const room = theme.narrow ? 96 : 214;
    const width = theme.narrow ? 84 : Math.max(90, (theme.width - room) / Math.max(1, last) - 40);
    const label = (node: FlowNode) => ({
      ...textStyle(theme), fontSize: theme.narrow ? 10.5 : 12, color: theme.ink, textBorderColor: theme.surface, textBorderWidth: 3, distance: 6,
      width: depths.get(node.stage) === last ? room - 14 : width, overflow: "truncate",
      show: !(theme.narrow && node.stage === "node"), formatter: theme.narrow ? nameOf(node) : `${nameOf(node)}  {a|${shortly(node.amount, currency)}}`,
      rich: { a: { ...textStyle(theme), fontSize: 11.5, color: theme.quiet, textBorderColor: theme.surface, textBorderWidth: 3 } },
    });
    const nodeTip = (node: FlowNode) => tip(nameOf(node), [{ name: "Passes", text: money(node.amount), color: nodeColor(theme, node, slots) }]);
    const bandTip = (band: FlowBand) => tip(`${title(drawn, band.source)} → ${title(drawn, band.target)}`, [
      { name: band.share_pct ? `${percentText(band.share_pct)} of all` : "Amount", text: money(band.amount), color: colorOf(theme, band, drawn, slots), loss: isNegative(band.amount) },
    ]);
    return {
      ...base(theme),
      grid: undefined,
      tooltip: {
        ...tooltip("item", () => document.createElement("div")),
        formatter: (given: { dataType?: string; dataIndex: number }) => {
          const node = report.nodes[given.dataIndex];
          const band = drawn.bands[given.dataIndex];
          if (given.dataType === "edge") return band ? bandTip(band) : "";
          return node ? nodeTip(node) : "";
        },
      },
      series: [{
        type: "sankey", left: 1, right: room, ...EDGE, nodeWidth: theme.narrow ? 7 : 10, nodeGap: GAP, layoutIterations: 0, draggable: false,
        emphasis: { focus: "adjacency", lineStyle: { opacity: 0.7 } }, blur: { lineStyle: { opacity: 0.12 }, itemStyle: { opacity: 0.4 } },
        data: report.nodes.map((node) => ({ name: node.id, depth: depths.get(node.stage) ?? 0, ...placed(node), itemStyle: { color: nodeColor(theme, node, slots), borderWidth: 0 }, label: label(node) })),
        links: drawn.bands.map((band) => ({
          source: band.source, target: band.target, value: Math.abs(geometry(band.amount)),
          lineStyle: { color: colorOf(theme, band, drawn, slots), opacity: 0.38, curveness: 0.5 },
        })),
      }],
    };
  };
}

export function title(drawn: Drawn, id: string): string {
  const node = drawn.nodes.get(id);
  return node ? nameOf(node) : id;
}
