/** The overview's two rankings: teams and the costliest customers. */

import { Link } from "wouter";
import { usePerspectiveTo } from "../../api/queries.ts";
import type { Overview } from "../../api/types.ts";
import { Bar, mostOf } from "../../figures/Bar.tsx";
import { evidenceColumn } from "../../figures/Evidence.tsx";
import { previousText } from "../../page/previous.ts";
import { customerPath, teamPath } from "../../shell/destinations.ts";
import { useView } from "../../state/view.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn, changeColumn, percentColumn } from "../../table/money.tsx";
import { useSlots } from "../../theme/slots.ts";

type Team = Overview["by_team"][number];
type Customer = Overview["by_customer"][number];

export function TopTeams({ report, csv }: { report: Overview; csv: string }) {
  const { href } = useView();
  const slots = useSlots("team", report.by_team.map((row) => row.team));
  const most = mostOf(report.by_team.map((row) => row.cost));
  const perspective = usePerspectiveTo("team");
  const { currency } = report.meta;
  return (
    <DataTable<Team>
      name="teams" title="Cost by team" rows={report.by_team} rowKey={(row) => row.team} order="-cost" csv={csv}
      columns={[
        { key: "team", label: "Team", heads: true, value: (row) => row.team, render: (row) => <Link className="link" href={href(teamPath(row.team))}>{row.team}</Link> },
        { key: "bar", label: "", drawing: true, value: () => null, render: (row) => <Bar value={row.cost} most={most} slot={slots.get(row.team) ?? -1} />, wide: true },
        amountColumn<Team>({ key: "cost", label: "Cost", currency, value: (row) => row.cost, name: (row) => row.team, why: (row) => (perspective ? { perspective, target: row.team } : { team: row.team }) }),
        changeColumn<Team>((row) => row.cost_trend_pct, previousText(report.meta)),
      ]}
    />
  );
}

export function TopCustomers({ report, csv }: { report: Overview; csv: string }) {
  const { href } = useView();
  const { currency } = report.meta;
  return (
    <DataTable<Customer>
      name="customers" title="Costliest customers" rows={report.by_customer} rowKey={(row) => row.customer_id} order="-cost" csv={csv}
      columns={[
        { key: "customer", label: "Customer", heads: true, value: (row) => row.customer_name, render: (row) => <Link className="link" href={href(customerPath(row.customer_id))}>{row.customer_name}</Link> },
        amountColumn<Customer>({ key: "revenue", label: "Revenue", currency, value: (row) => row.revenue, name: (row) => row.customer_name, why: (row) => ({ about: "revenue", customer: row.customer_id }) }),
        amountColumn<Customer>({ key: "cost", label: "Cost", currency, value: (row) => row.cost, name: (row) => row.customer_name, why: (row) => ({ perspective: "customer", target: row.customer_id }) }),
        amountColumn<Customer>({ key: "gross_margin", label: "Gross margin", currency, value: (row) => row.gross_margin, name: (row) => row.customer_name, why: (row) => ({ about: "gross_margin", customer: row.customer_id }) }),
        percentColumn<Customer>("gross_margin_pct", "Margin", (row) => row.gross_margin_pct),
        evidenceColumn<Customer>(() => currency, { spare: 2 }),
      ]}
    />
  );
}
