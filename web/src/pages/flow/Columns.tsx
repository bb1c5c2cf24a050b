/** What enters each column of the flow, and what leaves it. */

import type { FlowColumn, FlowReport } from "../../api/flow.ts";
import { Balance } from "../../figures/Balance.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn } from "../../table/money.tsx";

export function Columns({ report, csv }: { report: FlowReport; csv: string }) {
  const { currency } = report.meta;
  const name = (row: FlowColumn) => row.title.replaceAll("_", " ");
  return (
    <DataTable<FlowColumn>
      name="columns" title="Nothing is lost on the way" note="to the last digit" rows={report.columns} rowKey={(row) => row.stage} csv={csv}
      columns={[
        { key: "title", label: "Column", heads: true, value: name, render: (row) => <span className="first-upper">{name(row)}</span> },
        amountColumn<FlowColumn>({ key: "entered", label: "Enters", currency, value: (row) => row.entered, name }),
        amountColumn<FlowColumn>({ key: "left", label: "Leaves", currency, value: (row) => row.left, name }),
        { key: "difference", label: "Difference", numeric: true, value: (row) => row.difference, render: (row) => <Balance difference={row.difference} /> },
      ]}
    />
  );
}
