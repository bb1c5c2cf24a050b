/** Cost of a request against quality, each with its interval; the line joins the variants that are worth their cost. */

import { useMemo } from "react";
import type { OperationsVariants, Variant } from "../../api/operations.ts";
import { Chart } from "../../charts/Chart.tsx";
import { base, type ChartTheme, type Draw, textStyle, tickText, valueAxis } from "../../charts/theme.ts";
import { tip, tooltip } from "../../charts/tip.ts";
import { withCurrency } from "../../format/currency.ts";
import { geometry, unitDigits } from "../../format/decimal.ts";
import { boundsOf, nameOf, qualityName, qualityText } from "./quality.ts";

const MOST_NAMES = 12;

function between(low: string, high: string): string {
  return `${low} \u2013 ${high}`;
}

function point(row: Variant): [number, number] {
  return [geometry(row.cost_per_request), geometry(row.quality)];
}

/** The intervals of cost and quality as two thin lines that cross in the point. */
function whiskers(rows: Variant[], report: OperationsVariants, theme: ChartTheme): object[] {
  const line = (data: number[][]) => ({ type: "line", data, symbol: "none", silent: true, lineStyle: { color: theme.quieter, width: 1 }, z: 2 });
  return rows.flatMap((row) => {
    const [x, y] = point(row);
    const [cost, quality] = [row.cost_bounds, boundsOf(report.quality, row)];
    return [
      ...(cost ? [line([[geometry(cost.low), y], [geometry(cost.high), y]])] : []),
      ...(quality ? [line([[x, geometry(quality.low)], [x, geometry(quality.high)]])] : []),
    ];
  });
}

function drawVariants(report: OperationsVariants, rows: Variant[]): Draw {
  const { quality, meta } = report;
  const money = (text: string) => withCurrency(unitDigits(text), meta.currency);
  const frontier = rows.filter((row) => row.efficient).sort((a, b) => geometry(a.cost_per_request) - geometry(b.cost_per_request));
  return (theme) => ({
    ...base(theme),
    grid: { left: 6, right: theme.narrow ? 20 : 90, top: 34, bottom: 30, containLabel: true },
    tooltip: tooltip("item", (index) => {
      const row = rows[index];
      if (!row) return document.createElement("div");
      const [cost, bounds] = [row.cost_bounds, boundsOf(quality, row)];
      return tip(nameOf(row.name), [
        { name: "A request", text: money(row.cost_per_request ?? ""), color: theme.ink },
        ...(cost ? [{ name: "95 % between", text: between(money(cost.low), money(cost.high)) }] : []),
        { name: qualityName(quality), text: qualityText(quality, row.quality ?? ""), color: theme.accent },
        ...(bounds ? [{ name: "95 % between", text: between(qualityText(quality, bounds.low), qualityText(quality, bounds.high)) }] : []),
      ]);
    }),
    xAxis: { ...valueAxis(theme, meta.currency), min: 0, axisLine: { show: true, lineStyle: { color: theme.strong } }, splitLine: { show: false }, name: "Cost of a request", nameLocation: "middle", nameGap: 26, nameTextStyle: textStyle(theme) },
    yAxis: {
      ...valueAxis(theme, null, { scale: true }), name: quality === "success" ? "Success" : "Value", nameLocation: "end", nameGap: 14, nameTextStyle: { ...textStyle(theme), align: "left" },
      ...(quality === "success" ? { max: (range: { max: number }) => (range.max > 96 ? 100 : null), axisLabel: { ...textStyle(theme), formatter: (value: number) => `${tickText(value, null)}%` } } : {}),
    },
    series: [
      {
        type: "scatter", symbolSize: 11, z: 4,
        data: rows.map((row) => ({ value: point(row), itemStyle: { color: row.efficient ? theme.accent : theme.rest } })),
        label: { show: rows.length <= MOST_NAMES, position: "right", distance: 8, formatter: ({ dataIndex }: { dataIndex: number }) => nameOf(rows[dataIndex]?.name ?? ""), ...textStyle(theme), color: theme.ink, backgroundColor: theme.surface, padding: [1, 3] },
        labelLayout: { hideOverlap: true },
      },
      { type: "line", data: frontier.map(point), symbol: "none", silent: true, lineStyle: { color: theme.accent, width: 1.6, type: "dashed" }, z: 3 },
      ...whiskers(rows, report, theme),
    ],
  });
}

export function VariantChart({ report }: { report: OperationsVariants }) {
  const rows = useMemo(() => report.variants.filter((row) => row.cost_per_request !== null && row.quality !== null), [report]);
  const draw = useMemo(() => drawVariants(report, rows), [report, rows]);
  const said = rows.map((row) => `${nameOf(row.name)} ${withCurrency(unitDigits(row.cost_per_request ?? ""), report.meta.currency)}, ${qualityText(report.quality, row.quality ?? "")}${row.efficient ? ", efficient" : ""}`);
  return (
    <figure className="block chart-frame" aria-labelledby="variants-chart">
      <div className="toolbar">
        <h2 id="variants-chart">Cost against {qualityName(report.quality).toLowerCase()}</h2>
        <span className="legend"><span><i className="swatch dot-efficient" />efficient: none is as good for less</span><span><i className="swatch" />not efficient</span><span>thin lines: 95 % intervals</span></span>
      </div>
      {rows.length ? <Chart draw={draw} height={320} label={`${said.join("; ")}. The table below has every figure.`} /> : <p className="quiet">Of no variant both cost and {qualityName(report.quality).toLowerCase()} are known.</p>}
    </figure>
  );
}
