/** What a service's cost is made of, and whom it serves. */

import { Link } from "wouter";
import { usePerspectiveTo } from "../../api/queries.ts";
import type { ServiceReport } from "../../api/types.ts";
import { Bar, mostOf } from "../../figures/Bar.tsx";
import { customerPath } from "../../shell/destinations.ts";
import { useView } from "../../state/view.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, percentColumn } from "../../table/money.tsx";

const OTHERS = "(others)";

type Driver = ServiceReport["drivers"][number];
type Environment = ServiceReport["by_environment"][number];
type User = ServiceReport["by_customer"][number];

export function Drivers({ report, csv }: { report: ServiceReport; csv: string }) {
  const { currency, service } = report.service;
  const most = mostOf(report.drivers.map((row) => row.cost));
  return (
    <DataTable<Driver>
      name="drivers" title="Largest drivers" rows={report.drivers} rowKey={(row) => row.driver} order="-cost" csv={csv}
      columns={[
        { key: "driver", label: "Provider service", heads: true, value: (row) => row.driver, render: (row) => <>{row.driver}<span className="sub">{row.service_category}</span></> },
        { key: "bar", label: "", drawing: true, value: () => null, wide: true, render: (row) => <Bar value={row.cost} most={most} /> },
        percentColumn<Driver>("share_pct", "Share", (row) => row.share_pct),
        amountColumn<Driver>({ key: "cost", label: "Cost", currency, value: (row) => row.cost, name: (row) => row.driver, why: (row) => (row.driver === OTHERS ? undefined : { service, ServiceName: row.driver }) }),
      ]}
    />
  );
}

export function ServiceEnvironments({ report, csv }: { report: ServiceReport; csv: string }) {
  const { currency, service } = report.service;
  const most = mostOf(report.by_environment.map((row) => row.cost));
  return (
    <DataTable<Environment>
      name="environments" title="By environment" rows={report.by_environment} rowKey={(row) => row.environment} order="-cost" csv={csv}
      columns={[
        { key: "environment", label: "Environment", heads: true, value: (row) => row.environment },
        { key: "bar", label: "", drawing: true, value: () => null, wide: true, render: (row) => <Bar value={row.cost} most={most} /> },
        amountColumn<Environment>({ key: "cost", label: "Cost", currency, value: (row) => row.cost, name: (row) => row.environment, why: (row) => ({ service, environment: row.environment }) }),
      ]}
    />
  );
}

export function ServiceCustomers({ report, csv }: { report: ServiceReport; csv: string }) {
  const { href } = useView();
  const perspective = usePerspectiveTo("customer");
  const { currency, service } = report.service;
  return (
    <DataTable<User>
      name="customers" title="Customers it serves" rows={report.by_customer} rowKey={(row) => row.customer_id} order="-cost" csv={csv}
      empty={<p className="quiet">No cost of this service is attributed to customers.</p>}
      columns={[
        { key: "customer", label: "Customer", heads: true, value: (row) => row.customer_name, render: (row) => (!row.customer_id.startsWith("(") ? <Link className="link" href={href(customerPath(row.customer_id))}>{row.customer_name}</Link> : <span className="quiet">{row.customer_name}</span>) },
        percentColumn<User>("share_pct", "Share", (row) => row.share_pct),
        amountColumn<User>({ key: "cost", label: "Cost", currency, value: (row) => row.cost, name: (row) => row.customer_name, why: (row) => (row.customer_id === OTHERS || !perspective ? undefined : { perspective, target: row.customer_id, service }) }),
      ]}
    />
  );
}
