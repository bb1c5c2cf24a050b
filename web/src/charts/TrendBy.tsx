/** Daily cost by a dimension: the eight largest and the rest, as chart and as table. */

import { useMemo } from "react";
import { csvAddress } from "../api/client.ts";
import { useOutlook } from "../api/forecast.ts";
import { useReport } from "../api/queries.ts";
import type { TrendReport } from "../api/types.ts";
import { addDays, dayText, weekdayOf } from "../format/dates.ts";
import { Problem } from "../page/states.tsx";
import { useDoor } from "../state/door.ts";
import type { Pins } from "../state/why.ts";
import { useView } from "../state/view.ts";
import type { Column } from "../table/columns.ts";
import { DataTable } from "../table/DataTable.tsx";
import { amountColumn } from "../table/money.tsx";
import { useSlots } from "../theme/slots.ts";
import { ChartFrame } from "./ChartFrame.tsx";
import { ForecastTable } from "./ForecastTable.tsx";
import { StackChart } from "./StackChart.tsx";
import { seriesWords } from "./words.ts";

interface DayRow {
  day: string;
  costs: Record<string, string>;
  total: string | null;
}

export function TrendBy({ by, title }: { by: string; title: string }) {
  const { params } = useView();
  const query = useReport<TrendReport>("/costs/trend", { ...params, by });
  if (query.isError) return <Problem error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <div className="block"><i className="sk sk-chart" /></div>;
  return <Drawn report={query.data} title={title} csv={csvAddress("/costs/trend", { ...params, by })} />;
}

function rowsOf(report: TrendReport): DayRow[] {
  const rows = new Map<string, DayRow>(report.total.map((point) => [point.day, { day: point.day, costs: {}, total: point.cost }]));
  for (const series of report.series) {
    for (const point of series.points) {
      const row = rows.get(point.day) ?? { day: point.day, costs: {}, total: null };
      row.costs[series.key] = point.cost;
      rows.set(point.day, row);
    }
  }
  return [...rows.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
}

/** Where the cost of a key is explained: as a target where a perspective attributes to it, else as a dimension. */
function pinsIn(by: string, perspective: string | null): (key: string) => Pins {
  return (key) => (perspective ? { perspective, target: key } : { [by]: key });
}

const ALL: Pins = {};

function isRest(key: string): boolean {
  return key === "(others)";
}

function Drawn({ report, title, csv }: { report: TrendReport; title: string; csv: string }) {
  const { goTo } = useDoor();
  const { by, meta } = report;
  const pinsOf = useMemo(() => pinsIn(by, meta.perspective), [by, meta.perspective]);
  const keys = report.series.map((series) => series.key);
  const slots = useSlots(by, keys);
  const outlook = useOutlook(ALL, meta);
  const rows = useMemo(() => rowsOf(report), [report]);
  const periods = useMemo(() => rows.map((row) => row.day), [rows]);
  const totals = useMemo(() => rows.map((row) => row.total), [rows]);
  const series = useMemo(
    () => report.series.map((one) => ({ key: one.key, total: one.total, values: rows.map((row) => row.costs[one.key] ?? null), why: isRest(one.key) ? undefined : [pinsOf(one.key)] })),
    [report, rows, pinsOf],
  );
  const columns: Column<DayRow>[] = [
    { key: "day", label: "Day", heads: true, value: (row) => row.day, render: (row) => `${weekdayOf(row.day)} ${dayText(row.day, true)}` },
    ...keys.map((key) => amountColumn<DayRow>({
      key, label: key, currency: meta.currency, value: (row) => row.costs[key] ?? null, name: (row) => row.day,
      why: (row) => (isRest(key) ? undefined : { ...pinsOf(key), from: row.day, to: addDays(row.day, 1) }),
    })),
    amountColumn<DayRow>({ key: "total", label: "Total", currency: meta.currency, value: (row) => row.total, name: (row) => row.day, why: (row) => ({ from: row.day, to: addDays(row.day, 1) }) }),
  ];
  return (
    <ChartFrame
      name="trend" title={title}
      chart={
        <StackChart
          label={seriesWords(title, report.total, meta.currency)} periods={periods} periodText={dayText} series={series} totals={totals} slots={slots} currency={meta.currency} outlook={outlook}
          onPick={(one, index) => { const day = periods[index]; if (day) goTo([{ ...(one && !isRest(one.key) ? pinsOf(one.key) : {}), from: day, to: addDays(day, 1) }]); }}
        />
      }
      table={<div className="wide-table"><DataTable<DayRow> name="days" title="Days" level={3} columns={columns} rows={rows} rowKey={(row) => row.day} csv={csv} /><ForecastTable outlook={outlook} currency={meta.currency} /></div>}
    />
  );
}
