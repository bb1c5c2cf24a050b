/** The days of a forecast as a table: expected, and between what. */

import type { ForecastDay, Outlook } from "../api/forecast.ts";
import { dayText, weekdayOf } from "../format/dates.ts";
import type { Column } from "../table/columns.ts";
import { DataTable } from "../table/DataTable.tsx";
import { amountColumn } from "../table/money.tsx";

export function ForecastTable({ outlook, currency }: { outlook: Outlook | null | undefined; currency: string | null }) {
  if (!outlook) return null;
  const amount = (key: "expected" | "low" | "high", label: string) => amountColumn<ForecastDay>({ key, label, currency, value: (row) => row[key], name: (row) => row.day });
  const columns: Column<ForecastDay>[] = [
    { key: "day", label: "Day to come", heads: true, value: (row) => row.day, render: (row) => `${weekdayOf(row.day)} ${dayText(row.day, true)}` },
    amount("expected", "Expected"), amount("low", "Low"), amount("high", "High"),
  ];
  return <DataTable<ForecastDay> name="forecast" title="Days to come" level={3} columns={columns} rows={outlook.days} rowKey={(row) => row.day} csv={outlook.csv} />;
}
