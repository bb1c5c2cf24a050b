/** Each bill: what it charged, which rules took it, where it arrived. */

import { useMemo } from "react";
import type { Statement, StatementRow, StatementRule } from "../../api/reconciliation.ts";
import { Balance } from "../../figures/Balance.tsx";
import { monthText } from "../../format/dates.ts";
import { counted } from "../../format/decimal.ts";
import type { Pins } from "../../state/why.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, countColumn } from "../../table/money.tsx";
import { useStatementPins } from "./pins.ts";
import { RuleStack } from "./RuleStack.tsx";
import { ruleSlots } from "./rules.ts";

export function StatementTable({ report, csv }: { report: Statement; csv: string }) {
  const { rows } = report;
  const currency = rows[0]?.currency ?? null;
  const pins = useStatementPins();
  const slots = useMemo(() => ruleSlots(report.by_rule), [report.by_rule]);
  const rules = useMemo(() => byBill(report.rules), [report.rules]);
  const name = (row: StatementRow) => `${row.source}, ${monthText(row.billing_period)}`;
  const of = (row: StatementRow, perspective: string | null): Pins => ({ ...pins(perspective, row.metric), source: row.source, billing_period: row.billing_period });
  const money = (key: "charged" | "allocated" | "idle" | "unallocated", label: string, more: Pins, spare?: 1 | 2) =>
    amountColumn<StatementRow>({ key, label, currency, value: (row) => row[key], name, why: (row) => ({ ...of(row, key === "charged" ? null : row.perspective), ...more }), ...(spare ? { spare } : {}) });
  return (
    <DataTable<StatementRow>
      name="statement" title="Each bill" note={`${counted(rows.length, "statement")}: charged = allocated + idle + unallocated`} rows={rows} rowKey={name} csv={csv}
      columns={[
        { key: "source", label: "Source", heads: true, value: (row) => row.source },
        { key: "billing_period", label: "Period", value: (row) => row.billing_period, render: (row) => <span className="nowrap">{monthText(row.billing_period)}</span> },
        money("charged", "Charged", {}),
        { key: "by_rule", label: "By rule", title: "What each rule took of this bill; colours as above", drawing: true, spare: 1, wide: true, value: () => null, render: (row) => <RuleStack rules={rules.get(keyOf(row)) ?? []} slots={slots} currency={row.currency} /> },
        money("allocated", "Allocated", { target_kind: "allocated" }),
        money("idle", "Idle", { target: "(idle)" }, 2),
        money("unallocated", "Unallocated", { target: "(unallocated)" }, 2),
        { key: "difference", label: "Difference", numeric: true, title: "Charged less allocated, idle and unallocated, to the last digit", value: (row) => row.difference, render: (row) => <Balance difference={row.difference} /> },
        countColumn<StatementRow>("rejected_rows", "Rejected rows", (row) => row.rejected_rows, { spare: 1 }),
        amountColumn<StatementRow>({ key: "rejected", label: "Rejected", currency, value: (row) => row.rejected, name, title: "Cost on rows that could not be read; it stands beside the statement", spare: 1 }),
      ]}
    />
  );
}

function keyOf(row: { source: string; billing_period: string }): string {
  return `${row.source} ${row.billing_period}`;
}

function byBill(rules: StatementRule[]): Map<string, StatementRule[]> {
  const found = new Map<string, StatementRule[]>();
  for (const rule of rules) found.set(keyOf(rule), [...(found.get(keyOf(rule)) ?? []), rule]);
  return found;
}
