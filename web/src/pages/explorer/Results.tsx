/** The Explorer's answer as chart and table. */

import { useMemo } from "react";
import type { Params } from "../../api/client.ts";
import { useOutlook } from "../../api/forecast.ts";
import { useReport } from "../../api/queries.ts";
import type { QueryReport, QueryRow } from "../../api/questions.ts";
import { type StackSeries, StackChart } from "../../charts/StackChart.tsx";
import { Bar, mostOf } from "../../figures/Bar.tsx";
import { Change } from "../../figures/Change.tsx";
import { counted } from "../../format/decimal.ts";
import { periodText } from "../../format/dates.ts";
import { useDoor } from "../../state/door.ts";
import { useView } from "../../state/view.ts";
import { walkFromAddress } from "../../state/why.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn } from "../../table/money.tsx";
import { SLOTS } from "../../theme/palette.ts";
import { useSlots } from "../../theme/slots.ts";

export function keyText(row: QueryRow, groups: string[]): string {
  return groups.map((group) => row.keys[group] ?? "").join(" · ") || "All cost";
}

/** Rows of keys and periods as one series a key; a period without a row is a gap. The totals are the API's own. */
function seriesOf(report: QueryReport, whole: QueryReport | undefined): { periods: string[]; series: StackSeries[] } {
  const periods = [...new Set(report.rows.map((row) => row.period ?? ""))].sort();
  const byKey = new Map<string, Map<string, string>>();
  for (const row of report.rows) {
    const key = keyText(row, report.group_by);
    const values = byKey.get(key) ?? new Map<string, string>();
    values.set(row.period ?? "", row.amount);
    byKey.set(key, values);
  }
  const totals = new Map(whole?.rows.map((row) => [keyText(row, whole.group_by), row]));
  const series = [...byKey].map(([key, values]): StackSeries => {
    const total = totals.get(key);
    return { key, total: total?.amount, why: total?.explain ? walkFromAddress(total.explain) : undefined, values: periods.map((period) => values.get(period) ?? null) };
  });
  return { periods, series };
}

export function OverTime({ report, asked }: { report: QueryReport; asked: Params }) {
  const { state, set } = useView();
  const { goTo } = useDoor();
  const { grain, meta } = report;
  const whole = useReport<QueryReport>("/costs/query", { ...asked, grain: "total", compare: undefined });
  const { periods, series } = useMemo(() => seriesOf(report, whole.data), [report, whole.data]);
  const dimension = report.group_by[0] ?? "";
  const slots = useSlots(dimension === "target" ? (report.meta.perspective ?? "") : dimension, series.map((one) => one.key));
  const outlook = useOutlook(report.meta.perspective ? { perspective: report.meta.perspective } : {}, grain === "day" ? meta : { ...meta, currency: null }, asked["filter"]);
  const text = useMemo(() => (period: string) => periodText(period, grain), [grain]);
  const lines = state["shape"] === "lines";
  const open = (one: StackSeries | null, index: number) => {
    const row = report.rows.find((candidate) => candidate.period === periods[index] && keyText(candidate, report.group_by) === one?.key);
    if (row?.explain) goTo(walkFromAddress(row.explain));
  };
  return (
    <figure className="block chart-frame">
      <div className="toolbar">
        <h2>Cost by {grain}</h2>
        <div className="toolbar-actions" role="group" aria-label="Shape of the chart">
          <button type="button" className="text-button" aria-pressed={!lines} onClick={() => set({ shape: undefined })}>Stacked</button>
          <button type="button" className="text-button" aria-pressed={lines} onClick={() => set({ shape: "lines" })}>Lines</button>
        </div>
      </div>
      <StackChart
        label={`Cost by ${grain}: ${series.length} series over ${periods.length} periods. The table below has every figure.`}
        periods={periods} periodText={text} series={series} slots={slots} currency={meta.currency} shape={lines ? "lines" : "bars"} outlook={lines ? undefined : outlook} onPick={open}
      />
    </figure>
  );
}

function titled(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function ResultTable({ report, csv }: { report: QueryReport; csv: string }) {
  const { group_by: groups, grain, meta, compare } = report;
  const currency = meta.currency ?? ((row: QueryRow) => row.currency);
  const most = mostOf(report.rows.map((row) => row.amount));
  const slots = useSlots(groups[0] === "target" ? (meta.perspective ?? "") : (groups[0] ?? ""), report.rows.map((row) => row.keys[groups[0] ?? ""] ?? ""));
  const name = (row: QueryRow) => keyText(row, groups);
  // More keys than colours would give two of them the same.
  const coloured = groups.length === 1 && report.rows.length <= SLOTS + 1;
  const timed = grain !== "total";
  const columns: Column<QueryRow>[] = [
    ...(groups.length ? groups : [""]).map((group, index): Column<QueryRow> => ({
      key: group || "all", label: group ? titled(group) : "Cost", heads: index === 0, value: (row) => (group ? (row.keys[group] ?? "") : "All cost"),
    })),
    ...(timed ? [{ key: "period", label: titled(grain), value: (row: QueryRow) => row.period, render: (row: QueryRow) => (row.period ? periodText(row.period, grain) : "–") }] : []),
    ...(timed ? [] : [{ key: "bar", label: "", drawing: true, value: () => null, wide: true, render: (row: QueryRow) => <Bar value={row.amount} most={most} {...(coloured ? { slot: slots.get(name(row)) ?? -1 } : {})} /> }]),
    amountColumn<QueryRow>({ key: "amount", label: meta.metric, currency, value: (row) => row.amount, name, why: (row) => (row.explain ? walkFromAddress(row.explain) : undefined) }),
    ...(compare === "none" ? [] : [
      amountColumn<QueryRow>({ key: "previous", label: "Before", currency, value: (row) => row.previous, name }),
      amountColumn<QueryRow>({ key: "change", label: "Difference", currency, value: (row) => row.change, name }),
      { key: "change_pct", label: "Change", numeric: true, value: (row: QueryRow) => row.change_pct, render: (row: QueryRow) => <Change pct={row.change_pct} /> },
    ]),
  ];
  const note = report.others ? `${report.others} smaller ones together as (others)` : counted(report.rows.length, "row");
  return <DataTable<QueryRow> name="rows" title="Rows" note={note} columns={columns} rows={report.rows} rowKey={(row) => `${name(row)} ${row.period ?? ""} ${row.currency}`} {...(timed ? {} : { order: "-amount" })} csv={csv} />;
}
