/** What does each service cost? */

import { Link } from "wouter";
import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import type { Meta, ServiceRow, Services as ServicesReport } from "../api/types.ts";
import { TrendBy } from "../charts/TrendBy.tsx";
import { Page } from "../page/Page.tsx";
import { previousText } from "../page/previous.ts";
import { servicePath, teamPath } from "../shell/destinations.ts";
import { useView } from "../state/view.ts";
import type { Column } from "../table/columns.ts";
import { DataTable } from "../table/DataTable.tsx";
import { amountColumn, changeColumn, countColumn, sparkColumn } from "../table/money.tsx";

export default function Services() {
  const { params } = useView();
  const query = useReport<ServicesReport>("/costs/services", params);
  return (
    <Page title="Services" question="What does each service cost?" query={query}>
      {(report) => (
        <>
          <TrendBy by="service" title="Daily cost by service" />
          <ServiceTable services={report.services} meta={report.meta} csv={csvAddress("/costs/services", params)} />
        </>
      )}
    </Page>
  );
}

function ServiceTable({ services, meta, csv }: { services: ServiceRow[]; meta: Meta; csv: string }) {
  const { href } = useView();
  const currency = meta.currency ?? ((row: ServiceRow) => row.currency);
  const name = (row: ServiceRow) => row.service;
  const why = (row: ServiceRow) => ({ service: row.service });
  const columns: Column<ServiceRow>[] = [
    { key: "service", label: "Service", heads: true, value: name, render: (row) => <Link className="link" href={href(servicePath(row.service))}>{row.service}</Link> },
    { key: "team", label: "Team", value: (row) => row.team, spare: 1, render: (row) => <Link className="link quiet" href={href(teamPath(row.team))}>{row.team}</Link> },
    amountColumn<ServiceRow>({ key: "cost", label: "Cost", currency, value: (row) => row.cost, name, why }),
    amountColumn<ServiceRow>({ key: "daily_average", label: "Per day", title: "Cost of the window over its days", currency, value: (row) => row.daily_average, name, why }),
    sparkColumn<ServiceRow>("Cost by day", (row) => row.sparkline, { spare: 1 }),
    changeColumn<ServiceRow>((row) => row.cost_trend_pct, previousText(meta)),
    countColumn<ServiceRow>("requests", "Requests", (row) => row.requests, { spare: 2 }),
    amountColumn<ServiceRow>({ key: "cost_per_request", label: "Per request", unit: true, currency, value: (row) => row.cost_per_request, name, why, spare: 2 }),
    countColumn<ServiceRow>("customers", "Customers", (row) => row.customers, { spare: 1 }),
    amountColumn<ServiceRow>({ key: "cost_per_customer", label: "Per customer", currency, value: (row) => row.cost_per_customer, name, why, spare: 1 }),
  ];
  return <DataTable<ServiceRow> name="services" title="All services" note={String(services.length)} columns={columns} rows={services} rowKey={(row) => `${row.service} ${row.currency}`} order="-cost" csv={csv} />;
}
