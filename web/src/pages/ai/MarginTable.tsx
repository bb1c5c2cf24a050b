/** Every customer or feature: what its AI costs, carries, earns and leaves. */

import { Link } from "wouter";
import type { EarningGroup, OperationsMargin } from "../../api/value.ts";
import { counted, exactText, isNegative } from "../../format/decimal.ts";
import { overheadWords } from "../../format/overhead.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, countColumn } from "../../table/money.tsx";
import { useAsked } from "./asked.ts";
import { titled } from "./counts.ts";
import { OneByOne } from "./figureColumns.tsx";

/** What AI takes may be a small part of a percent: all digits that there are. */
function shareColumn(key: string, label: string, value: (row: EarningGroup) => string | null, more: Partial<Column<EarningGroup>> = {}): Column<EarningGroup> {
  const shown = (text: string | null) => (text === null ? <span className="num quieter" title="Not defined">–</span> : <span className={`num${isNegative(text) ? " amount loss" : ""}`}>{exactText(text, 0)}%</span>);
  return { key, label, unit: "of revenue", numeric: true, value, render: (row) => shown(value(row)), ...more };
}

export function MarginTable({ report, csv }: { report: OperationsMargin; csv: string }) {
  const { to } = useAsked();
  const { by, meta, groups, more } = report;
  const { currency } = meta;
  const name = (row: EarningGroup) => row.label ?? row.name;
  const pins = (row: EarningGroup) => ({ [by]: row.name });
  const columns: Column<EarningGroup>[] = [
    { key: by, label: titled(by), heads: true, value: name, render: (row) => <Link className="link" href={to("/ai", pins(row))}>{name(row)}</Link> },
    amountColumn<EarningGroup>({ key: "cost", label: "AI", currency, value: (row) => row.cost, name, to: (row) => (row.operations ? to("/ai/tree", pins(row)) : undefined) }),
    {
      ...amountColumn<EarningGroup>({ key: "overhead", label: "Infrastructure", currency, value: (row) => row.overhead, name, spare: 1 }),
      title: `What its requests carry besides: ${[...new Set(groups.map((row) => overheadWords(row.overhead_is)).filter(Boolean))].join("; ") || "apportion.yaml names none"}`,
    },
    amountColumn<EarningGroup>({ key: "full_cost", label: "Together", currency, value: (row) => row.full_cost, name, spare: 2 }),
    amountColumn<EarningGroup>({ key: "revenue", label: "Revenue", currency, value: (row) => row.revenue, name }),
    ...(by === "feature" ? [amountColumn<EarningGroup>({ key: "customers_revenue", label: "Its customers pay", currency, value: (row) => row.customers_revenue, name, spare: 1, title: "All that the customers pay who used it; of several features it overlaps" })] : []),
    amountColumn<EarningGroup>({ key: "margin", label: "Margin", currency, value: (row) => row.margin, name, title: "Revenue less AI and its infrastructure" }),
    shareColumn("margin_pct", "Margin", (row) => row.margin_pct, { spare: 2 }),
    shareColumn("cost_pct", "AI", (row) => row.cost_pct),
    countColumn<EarningGroup>("operations", "Requests", (row) => row.operations, {
      render: (row) => <span className="num">{row.operations ? <OneByOne count={row.operations} name={name(row)} to={to("/ai/operations", pins(row))} /> : "0"}{row.without_cost ? <span className="sub">{counted(row.without_cost, "without cost", "without cost")}</span> : null}</span>,
    }),
  ];
  return (
    <>
      <div className="wide-table">
        <DataTable<EarningGroup> name={`margin-${by}`} title={`Cost, revenue and margin by ${by}`} note={more ? `${groups.length}; ${counted(more, "more", "more")}` : String(groups.length)} columns={columns} rows={groups} rowKey={(row) => row.name} order="-cost" csv={csv} />
      </div>
      {by === "feature" && groups.some((row) => row.revenue === null) ? <p className="aside-note">A feature without revenue earns through plans: say under <code>features</code> in <code>apportion.yaml</code> which revenue is its own.</p> : null}
    </>
  );
}
