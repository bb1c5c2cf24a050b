/** Cost of each day as bars from zero; revenue, where there is any, as a line over them; days to come dashed. */

import { useMemo } from "react";
import { type Outlook, useOutlook } from "../api/forecast.ts";
import type { DayCost, Meta } from "../api/types.ts";
import { Amount } from "../figures/Amount.tsx";
import { withCurrency } from "../format/currency.ts";
import { addDays, dayText, weekdayOf } from "../format/dates.ts";
import { amountDigits, geometry } from "../format/decimal.ts";
import { useDoor } from "../state/door.ts";
import type { Pins } from "../state/why.ts";
import type { Column } from "../table/columns.ts";
import { DataTable } from "../table/DataTable.tsx";
import { Chart } from "./Chart.tsx";
import { ChartFrame } from "./ChartFrame.tsx";
import { forecastLines, forecastSeries, withAhead } from "./forecast.ts";
import { ForecastNote } from "./ForecastNote.tsx";
import { ForecastTable } from "./ForecastTable.tsx";
import { base, categoryAxis, type ChartTheme, type Draw, textStyle, valueAxis } from "./theme.ts";
import { tip, type TipLine, tooltip } from "./tip.ts";
import { seriesWords } from "./words.ts";

interface DailyChartProps {
  title: string;
  days: DayCost[];
  meta: Meta;
  /** The walk to the cost of one day starts here. */
  pins: Pins;
  csv: string;
  height?: number;
}

function drawDays(days: DayCost[], currency: string | null, outlook: Outlook | null | undefined): Draw {
  const all = withAhead(days.map((day) => day.day), outlook);
  return (theme: ChartTheme) => {
    const money = (text: string) => withCurrency(amountDigits(text), currency);
    const costs = days.map((day) => geometry(day.cost));
    const lines = (index: number): TipLine[] => {
      const day = days[index];
      const expected = forecastLines(theme, all[index], outlook, currency);
      if (!day) return expected;
      const rows: TipLine[] = [{ name: "Cost", text: money(day.cost), color: theme.bar }];
      if (day.revenue !== undefined) rows.unshift({ name: "Revenue", text: money(day.revenue), color: theme.ink });
      return [...rows, ...expected];
    };
    const revenue = days.some((day) => day.revenue !== undefined && geometry(day.revenue) !== 0);
    const line = (lineStyle: object) => ({ type: "line", name: "Revenue", data: days.map((day) => geometry(day.revenue)), step: "middle", symbol: "none", silent: true, lineStyle });
    // The line ends in the middle of the last day; its name stands beside that day's bar.
    const distance = 8 + Math.min(17, (0.37 * (theme.width - 110)) / all.length);
    const endLabel = { show: !theme.narrow, formatter: "Revenue", ...textStyle(theme), color: theme.ink, fontWeight: 500, distance, backgroundColor: theme.surface, padding: [1, 4], borderRadius: 2 };
    return {
      ...base(theme),
      grid: { left: 4, right: revenue && !theme.narrow && all.length === days.length ? 62 : 8, top: 12, bottom: 2, containLabel: true },
      tooltip: tooltip("axis", (index) => tip(`${weekdayOf(all[index] ?? "")} ${dayText(all[index] ?? "", true)}`, lines(index))),
      xAxis: categoryAxis(theme, all, (day) => dayText(day)),
      yAxis: valueAxis(theme, currency),
      series: [
        { type: "bar", name: "Cost", data: costs, barCategoryGap: "26%", barMaxWidth: 34, itemStyle: { color: theme.bar, borderRadius: [1.5, 1.5, 0, 0] } },
        // The halo keeps the line apart from the bars behind it.
        ...(revenue ? [line({ color: theme.surface, width: 4.5 }), { ...line({ color: theme.ink, width: 1.7 }), endLabel, z: 5 }] : []),
        ...forecastSeries(theme, all, outlook),
      ],
    };
  };
}

export function DailyChart({ title, days, meta, pins, csv, height = 264 }: DailyChartProps) {
  const { goTo } = useDoor();
  const outlook = useOutlook(pins, meta);
  const draw = useMemo(() => drawDays(days, meta.currency, outlook), [days, meta.currency, outlook]);
  const pinsOn = (day: string): Pins => ({ ...pins, from: day, to: addDays(day, 1) });
  const revenue = days.some((day) => day.revenue !== undefined);
  const columns: Column<DayCost>[] = [
    { key: "day", label: "Day", value: (row) => row.day, heads: true, render: (row) => `${weekdayOf(row.day)} ${dayText(row.day, true)}` },
    ...(revenue ? [{ key: "revenue", label: "Revenue", unit: meta.currency, numeric: true, value: (row: DayCost) => row.revenue ?? null, render: (row: DayCost) => <Amount bare value={row.revenue} currency={meta.currency} label={`Revenue of ${row.day}`} /> }] : []),
    { key: "cost", label: "Cost", unit: meta.currency, numeric: true, value: (row) => row.cost, render: (row) => <Amount bare value={row.cost} currency={meta.currency} label={`Cost of ${row.day}`} why={pinsOn(row.day)} /> },
  ];
  return (
    <ChartFrame
      name="daily" title={title}
      chart={<><Chart draw={draw} height={height} label={seriesWords(title, days, meta.currency)} onPick={(index) => { const day = days[index]; if (day) goTo([pinsOn(day.day)]); }} /><ForecastNote outlook={outlook} /></>}
      table={<><DataTable name="days" title="Days" level={3} columns={columns} rows={days} rowKey={(row) => row.day} csv={csv} /><ForecastTable outlook={outlook} currency={meta.currency} /></>}
    />
  );
}
