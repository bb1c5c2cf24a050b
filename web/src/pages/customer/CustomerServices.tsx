/** A customer's cost by service: what is theirs alone, and what is their part of shared services. */

import { Link } from "wouter";
import type { CustomerReport, CustomerServiceRow } from "../../api/types.ts";
import { previousText } from "../../page/previous.ts";
import { servicePath } from "../../shell/destinations.ts";
import { useView } from "../../state/view.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, changeColumn, percentColumn } from "../../table/money.tsx";

export function CustomerServices({ report, csv }: { report: CustomerReport; csv: string }) {
  const { href } = useView();
  const { currency, customer_id: id } = report.customer;
  const name = (row: CustomerServiceRow) => row.service;
  const why = (row: CustomerServiceRow) => ({ perspective: "customer", target: id, service: row.service });
  const money = (key: "cost" | "direct" | "shared", label: string, title: string, spare?: 1 | 2) =>
    amountColumn<CustomerServiceRow>({ key, label, title, currency, value: (row) => row[key], name, why, ...(spare ? { spare } : {}) });
  return (
    <DataTable<CustomerServiceRow>
      name="services" title="Cost by service" rows={report.by_service} rowKey={name} order="-cost" csv={csv}
      columns={[
        { key: "service", label: "Service", heads: true, value: name, render: (row) => <Link className="link" href={href(servicePath(row.service))}>{row.service}</Link> },
        money("cost", "Cost", "All cost of this service attributed to this customer"),
        percentColumn<CustomerServiceRow>("share_pct", "Share", (row) => row.share_pct),
        money("direct", "Direct", "Lines of the bill that name this customer", 2),
        money("shared", "Shared", "This customer's part of shared lines", 2),
        changeColumn<CustomerServiceRow>((row) => row.cost_trend_pct, previousText(report.meta)),
      ]}
    />
  );
}
