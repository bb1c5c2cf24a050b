/** Credits of each day, as bars from zero, and as a table. */

import { useMemo } from "react";
import type { OwnDay } from "../api/own.ts";
import { Chart } from "../charts/Chart.tsx";
import { ChartFrame } from "../charts/ChartFrame.tsx";
import { base, categoryAxis, type Draw, valueAxis } from "../charts/theme.ts";
import { tip, tooltip } from "../charts/tip.ts";
import { creditText } from "../format/credits.ts";
import { dayText, weekdayOf } from "../format/dates.ts";
import { compareDecimals, geometry } from "../format/decimal.ts";
import { DataTable } from "../table/DataTable.tsx";
import { isUnused, ticks } from "./ticks.ts";

function drawDays(days: OwnDay[]): Draw {
  return (theme) => ({
    ...base(theme),
    tooltip: tooltip("axis", (index) => {
      const day = days[index];
      return tip(day ? `${weekdayOf(day.day)} ${dayText(day.day, true)}` : "", day ? [{ name: "Credits", text: creditText(day.credits), color: theme.bar }] : []);
    }),
    xAxis: categoryAxis(theme, days.map((day) => day.day), (day) => dayText(day)),
    yAxis: valueAxis(theme, null, ticks(days, theme.narrow)),
    series: [{ type: "bar", data: days.map((day) => geometry(day.credits)), barCategoryGap: "26%", barMaxWidth: 34, itemStyle: { color: theme.bar, borderRadius: [1.5, 1.5, 0, 0] } }],
  });
}

function spoken(days: OwnDay[]): string {
  const most = days.reduce<OwnDay | null>((best, day) => (best && compareDecimals(best.credits, day.credits) >= 0 ? best : day), null);
  return most ? `Credits per day over ${days.length} days: most ${creditText(most.credits)} on ${dayText(most.day)}. The same as a table: press Table.` : "No days yet.";
}

export function UsageByDay({ days }: { days: OwnDay[] }) {
  const draw = useMemo(() => drawDays(days), [days]);
  if (days.length === 0) return null;
  return (
    <ChartFrame
      name="daily" title="Credits per day" chart={<Chart draw={draw} height={isUnused(days) ? 90 : 200} label={spoken(days)} />}
      table={
        <DataTable<OwnDay>
          name="days" title="Days" level={3} rows={days} rowKey={(row) => row.day}
          columns={[
            { key: "day", label: "Day", heads: true, value: (row) => row.day, render: (row) => `${weekdayOf(row.day)} ${dayText(row.day, true)}` },
            { key: "credits", label: "Credits", numeric: true, value: (row) => row.credits, render: (row) => <span className="num" title={row.credits}><data value={row.credits}>{creditText(row.credits)}</data></span> },
          ]}
        />
      }
    />
  );
}
