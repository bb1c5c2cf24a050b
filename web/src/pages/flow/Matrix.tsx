/** The bands between two columns of the flow as a table: a row for each end, a column for each beginning. */

import { useMemo } from "react";
import type { FlowBand, FlowNode, FlowReport, Stage } from "../../api/flow.ts";
import type { Pins } from "../../state/why.ts";
import { walkFromAddress } from "../../state/why.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn } from "../../table/money.tsx";
import { nameOf } from "./drawn.ts";
import { explorerPath } from "./explore.ts";

interface MatrixProps {
  report: FlowReport;
  from: Stage;
  to: Stage;
  csv: string;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function Matrix({ report, from, to, csv }: MatrixProps) {
  const { currency } = report.meta;
  const bands = useMemo(() => new Map(report.bands.map((band) => [`${band.source}>${band.target}`, band])), [report.bands]);
  const titled = (stage: Stage) => report.columns.find((column) => column.stage === stage)?.title.replaceAll("_", " ") ?? stage;
  const at = (stage: Stage) => report.nodes.filter((node) => node.stage === stage);
  const rows = at(to).filter((node) => at(from).some((start) => bands.has(`${start.id}>${node.id}`)));
  const starts = at(from).filter((start) => rows.some((node) => bands.has(`${start.id}>${node.id}`)));
  const cell = (start: FlowNode, row: FlowNode): FlowBand | undefined => bands.get(`${start.id}>${row.id}`);
  const why = (explain: string | null | undefined): Pins[] | undefined => (explain ? walkFromAddress(explain) : undefined);
  const nodes = useMemo(() => new Map(report.nodes.map((node) => [node.id, node])), [report.nodes]);
  const there = (explain: string | null | undefined, ends: string[]) => (explain ? undefined : explorerPath(report, nodes, ends));
  const passed = report.columns.some((column) => column.stage === "node");
  const straight = passed && from === "origin" && to === "target";
  const several = passed && to === "target";
  const columns: Column<FlowNode>[] = [
    { key: "name", label: upperFirst(titled(to)), heads: true, value: nameOf },
    ...starts.map((start) => amountColumn<FlowNode>({
      key: start.id, label: nameOf(start), currency, title: `From ${nameOf(start)}`, absent: true,
      value: (row) => cell(start, row)?.amount ?? null, name: (row) => `${nameOf(start)} to ${nameOf(row)}`, why: (row) => why(cell(start, row)?.explain),
      to: (row) => there(cell(start, row)?.explain, [start.id, row.id]),
    })),
    amountColumn<FlowNode>({ key: "amount", label: several ? "All ways" : "All", currency, value: (row) => row.amount, name: nameOf, why: (row) => why(row.explain), to: (row) => there(row.explain, [row.id]) }),
  ];
  return (
    <div className="wide-table matrix">
      <DataTable<FlowNode> name={`${from}-${to}`} title={`From ${titled(from)} to ${titled(to)}${straight ? ", straight" : ""}`} columns={columns} rows={rows} rowKey={(row) => row.id} csv={csv} />
    </div>
  );
}
