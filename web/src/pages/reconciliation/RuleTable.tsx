/** What each rule took where cost began, and where that arrived. */

import { useMemo } from "react";
import type { RuleTotal, StatementTotal } from "../../api/reconciliation.ts";
import { Balance } from "../../figures/Balance.tsx";
import { Bar, mostOf } from "../../figures/Bar.tsx";
import { counted } from "../../format/decimal.ts";
import type { Pins } from "../../state/why.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn } from "../../table/money.tsx";
import { useStatementPins } from "./pins.ts";
import { NO_RULE, ruleName, ruleSlots } from "./rules.ts";

export function RuleTable({ total, rules, csv }: { total: StatementTotal; rules: RuleTotal[]; csv: string }) {
  const { currency } = total;
  const pins = useStatementPins();
  const name = (row: RuleTotal) => ruleName(row.rule);
  const slots = useMemo(() => ruleSlots(rules), [rules]);
  const most = mostOf(rules.map((row) => row.claimed));
  const money = (key: "claimed" | "allocated" | "idle" | "unallocated", label: string, more: Pins, spare?: 1 | 2) =>
    amountColumn<RuleTotal>({ key, label, currency, value: (row) => row[key], name, why: (row) => ({ ...pins(row.perspective, row.metric), rule: row.rule, ...more }), ...(spare ? { spare } : {}) });
  return (
    <DataTable<RuleTotal>
      name="rules" title="What each rule took" note={counted(rules.filter((row) => row.rule).length, "rule")} rows={rules} rowKey={name} csv={csv}
      columns={[
        { key: "rule", label: "Rule", heads: true, value: name, render: (row) => (row.rule ? <>{row.rule}<span className="sub">{row.method}</span></> : <span className="quiet">{NO_RULE}<span className="sub">charged as idle, or reached by no rule</span></span>) },
        { key: "bar", label: "", drawing: true, wide: true, spare: 1, value: () => null, render: (row) => <Bar value={row.claimed} most={most} slot={slots.get(row.rule) ?? -1} /> },
        money("claimed", "Claimed", {}),
        money("allocated", "Allocated", { target_kind: "allocated" }),
        money("idle", "Idle", { target: "(idle)" }, 2),
        money("unallocated", "Unallocated", { target: "(unallocated)" }, 2),
        { key: "difference", label: "Difference", numeric: true, title: "Claimed less where it arrived", value: (row) => row.difference, render: (row) => <Balance difference={row.difference} /> },
      ]}
    />
  );
}
