/** What stands beside a customer's services: what they pay, cost classes, cost per unit. */

import type { CustomerReport, Unit } from "../../api/types.ts";
import type { Pins } from "../../state/why.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, countColumn } from "../../table/money.tsx";

type Item = CustomerReport["revenue_items"][number];
type Class = CustomerReport["by_cost_class"][number];

export function RevenueItems({ report, csv }: { report: CustomerReport; csv: string }) {
  const { customer } = report;
  return (
    <DataTable<Item>
      name="revenue" title="What they pay" csv={csv} rows={report.revenue_items} rowKey={(row) => `${row.kind} ${row.description} ${row.amount}`}
      empty={<p className="quiet">No revenue is known for this window.</p>}
      columns={[
        { key: "description", label: "Item", heads: true, value: (row) => row.description || row.kind, render: (row) => <>{row.description || row.kind}<span className="sub">{row.kind.replaceAll("_", " ")}</span></> },
        amountColumn<Item>({ key: "amount", label: "Amount", currency: customer.currency, value: (row) => row.amount, name: (row) => row.description, why: () => ({ about: "revenue", customer: customer.customer_id }) }),
      ]}
    />
  );
}

export function Classes({ report, csv }: { report: CustomerReport; csv: string }) {
  const { customer } = report;
  return (
    <DataTable<Class>
      name="classes" title="Cost by class" csv={csv} rows={report.by_cost_class} rowKey={(row) => row.cost_class}
      columns={[
        { key: "cost_class", label: "Class", heads: true, value: (row) => row.cost_class, render: (row) => row.cost_class.replaceAll("_", " ") },
        amountColumn<Class>({ key: "cost", label: "Cost", currency: customer.currency, value: (row) => row.cost, name: (row) => row.cost_class, why: (row) => ({ perspective: "customer", target: customer.customer_id, cost_class: row.cost_class }) }),
      ]}
    />
  );
}

export function UnitTable({ units, currency, pins, csv }: { units: Unit[]; currency: string | null; pins: Pins; csv: string }) {
  return (
    <DataTable<Unit>
      name="units" title="Cost per unit" csv={csv} rows={units} rowKey={(row) => row.measure}
      empty={<p className="quiet">No usage is measured here.</p>}
      columns={[
        { key: "measure", label: "Measure", heads: true, value: (row) => row.measure },
        countColumn<Unit>("quantity", "Quantity", (row) => row.quantity),
        amountColumn<Unit>({ key: "cost_per_unit", label: "Cost per unit", unit: true, currency, value: (row) => row.cost_per_unit, name: (row) => row.measure, why: () => pins }),
      ]}
    />
  );
}
