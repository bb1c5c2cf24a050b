/** The statement of the last run: charged = allocated + idle + unallocated, to the last digit. */

import type { Reconciliation } from "../../api/health.ts";
import { monthText } from "../../format/dates.ts";
import { exactText, isZero } from "../../format/decimal.ts";
import type { Pins } from "../../state/why.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, countColumn } from "../../table/money.tsx";
import { usePeriodPins } from "./period.ts";

const NO_TARGET = '{"not":{"target":["(idle)","(unallocated)"]}}';

export function ReconciliationTable({ rows, csv }: { rows: Reconciliation[]; csv: string }) {
  const name = (row: Reconciliation) => `${row.perspective}, ${row.source}, ${row.billing_period}, ${row.metric}`;
  const pinsOf = usePeriodPins();
  const pins = (row: Reconciliation): Pins => pinsOf(row.source, row.billing_period, row.metric);
  const money = (key: "charged" | "allocated" | "idle" | "unallocated", label: string, why?: (row: Reconciliation) => Pins) =>
    amountColumn<Reconciliation>({ key, label, currency: currencyOf(rows), value: (row) => row[key], name, ...(why ? { why } : {}) });
  const columns: Column<Reconciliation>[] = [
    { key: "perspective", label: "Perspective", heads: true, value: (row) => row.perspective },
    { key: "source", label: "Source", value: (row) => row.source },
    { key: "billing_period", label: "Period", value: (row) => row.billing_period, render: (row) => <span className="nowrap">{monthText(row.billing_period)}</span> },
    { key: "metric", label: "Metric", value: (row) => row.metric },
    ...(typeof currencyOf(rows) === "function" ? [{ key: "currency", label: "Currency", value: (row: Reconciliation) => row.currency }] : []),
    money("charged", "Charged", pins),
    money("allocated", "Allocated", (row) => ({ ...pins(row), perspective: row.perspective, filter: NO_TARGET })),
    money("idle", "Idle", (row) => ({ ...pins(row), perspective: row.perspective, target: "(idle)" })),
    money("unallocated", "Unallocated", (row) => ({ ...pins(row), perspective: row.perspective, target: "(unallocated)" })),
    {
      key: "difference", label: "Difference", numeric: true, title: "Charged less allocated, idle and unallocated, to the last digit", value: (row) => row.difference,
      render: (row) => (isZero(row.difference) ? <span className="num whole">0 ✓</span> : <span className="num amount loss">{exactText(row.difference)}</span>),
    },
    countColumn<Reconciliation>("rejected_rows", "Rejected rows", (row) => row.rejected_rows, { spare: 2 }),
    amountColumn<Reconciliation>({ key: "rejected", label: "Rejected", currency: currencyOf(rows), value: (row) => row.rejected, name, title: "Cost on rows that could not be read; it stands beside the statement", spare: 2 }),
  ];
  return <DataTable<Reconciliation> name="statement" title="Reconciliation" note="charged = allocated + idle + unallocated" columns={columns} rows={rows} rowKey={name} csv={csv} />;
}

function currencyOf(rows: Reconciliation[]): string | null | ((row: Reconciliation) => string) {
  const codes = new Set(rows.map((row) => row.currency));
  return codes.size === 1 ? ([...codes][0] ?? null) : (row) => row.currency;
}
