/** Every customer with revenue, cost and margin, worst first. */

import { Link } from "wouter";
import type { CustomerRow, Meta } from "../../api/types.ts";
import { EvidenceKeys, evidenceColumn } from "../../figures/Evidence.tsx";
import { previousText } from "../../page/previous.ts";
import { customerPath } from "../../shell/destinations.ts";
import { useView } from "../../state/view.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, changeColumn, percentColumn, sparkColumn } from "../../table/money.tsx";
import type { Pins } from "../../state/why.ts";

interface CustomerTableProps {
  customers: CustomerRow[];
  meta: Meta;
  csv: string;
}

export function CustomerTable({ customers, meta, csv }: CustomerTableProps) {
  const { href } = useView();
  const currency = meta.currency ?? ((row: CustomerRow) => row.currency);
  const name = (row: CustomerRow) => row.customer_name;
  const money = (key: string, label: string, value: (row: CustomerRow) => string, why: (row: CustomerRow) => Pins, more: { spare?: 1 | 2; title?: string } = {}) =>
    amountColumn<CustomerRow>({ key, label, currency, value, name, why, ...more });
  const columns: Column<CustomerRow>[] = [
    {
      key: "customer_name", label: "Customer", heads: true, value: name,
      render: (row) => (
        <>
          <Link className="link" href={href(customerPath(row.customer_id))}>{row.customer_name}</Link>
          {row.status && row.status !== "active" ? <> <span className="tag">{row.status}</span></> : null}
        </>
      ),
    },
    { key: "plan", label: "Plan", value: (row) => row.plan, render: (row) => <span className="quiet">{row.plan}</span>, spare: 1 },
    money("revenue", "Revenue", (row) => row.revenue, (row) => ({ about: "revenue", customer: row.customer_id })),
    money("cost", "Cost", (row) => row.cost, (row) => ({ perspective: "customer", target: row.customer_id })),
    sparkColumn<CustomerRow>("Cost by day", (row) => row.sparkline, { spare: 1 }),
    changeColumn<CustomerRow>((row) => row.cost_trend_pct, previousText(meta), { spare: 2 }),
    money("gross_margin", "Gross margin", (row) => row.gross_margin, (row) => ({ about: "gross_margin", customer: row.customer_id }), { title: "Revenue less cost of revenue" }),
    percentColumn<CustomerRow>("gross_margin_pct", "Margin", (row) => row.gross_margin_pct),
    evidenceColumn<CustomerRow>((row) => row.currency, { spare: 2 }),
    money("loaded_margin", "Loaded margin", (row) => row.loaded_margin, (row) => ({ about: "loaded_margin", customer: row.customer_id }), { spare: 2, title: "Revenue less cost of every class" }),
  ];
  return <DataTable<CustomerRow> name="customers" title="Margin by customer" note={<span className="with-legend">{customers.length}, worst first <EvidenceKeys /></span>} columns={columns} rows={customers} rowKey={(row) => `${row.customer_id} ${row.currency}`} order="gross_margin" csv={csv} />;
}
