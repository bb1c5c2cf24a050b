/** The children of a node of the tree, the dearest first; each opens into the next level. */

import { Link } from "wouter";
import type { OperationsTree, TreeNode } from "../../api/operations.ts";
import { Bar, mostOf } from "../../figures/Bar.tsx";
import { counted } from "../../format/decimal.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, percentColumn } from "../../table/money.tsx";
import { useAsked } from "./asked.ts";
import { titled } from "./counts.ts";
import { costColumn, figureColumns } from "./figureColumns.tsx";
import { manyOf } from "./levels.ts";

export function Children({ report, csv }: { report: OperationsTree; csv: string }) {
  const { to } = useAsked();
  const { meta, children, level, more } = report;
  const most = mostOf(children.map((row) => row.cost ?? "0"));
  const name = (row: TreeNode) => row.name;
  const into = (row: TreeNode) => to("/ai/tree", row.pins);
  const columns: Column<TreeNode>[] = [
    { key: level, label: titled(level), heads: true, value: name, render: (row) => <Link className="link" href={into(row)}>{row.name}</Link> },
    { key: "bar", label: "", drawing: true, value: () => null, render: (row) => <Bar value={row.cost ?? "0"} most={most} />, spare: 1 },
    costColumn<TreeNode>(meta, name, into),
    percentColumn<TreeNode>("share_pct", "Share", (row) => row.share_pct),
    amountColumn<TreeNode>({ key: "cost_per_day", label: "Per day", currency: meta.currency, title: "Cost over the days that have data", value: (row) => row.cost_per_day, name }),
    ...figureColumns<TreeNode>(meta, name, (row) => to("/ai/operations", row.pins)),
  ];
  return (
    <div className="wide-table">
      <DataTable<TreeNode>
        name={`tree-${level}`} title={titled(manyOf(level))} note={more ? `the dearest ${children.length}; ${counted(more, "more", "more")}` : String(children.length)}
        columns={columns} rows={children} rowKey={name} order="-cost" csv={csv}
      />
    </div>
  );
}
