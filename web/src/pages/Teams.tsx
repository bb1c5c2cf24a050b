/** Which team spends what, and how much of it is not production? */

import { Link } from "wouter";
import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import type { Meta, TeamRow, Teams as TeamsReport } from "../api/types.ts";
import { TrendBy } from "../charts/TrendBy.tsx";
import { Page } from "../page/Page.tsx";
import { previousText } from "../page/previous.ts";
import { servicePath, teamPath } from "../shell/destinations.ts";
import type { Pins } from "../state/why.ts";
import { useView } from "../state/view.ts";
import type { Column } from "../table/columns.ts";
import { DataTable } from "../table/DataTable.tsx";
import { amountColumn, changeColumn, countColumn, percentColumn, sparkColumn } from "../table/money.tsx";
import { useSlots } from "../theme/slots.ts";
import { Environments } from "./teams/Environments.tsx";

export default function Teams() {
  const { params } = useView();
  const query = useReport<TeamsReport>("/costs/teams", params);
  return (
    <Page title="Teams" question="Which team spends what?" query={query}>
      {(report) => (
        <>
          <TrendBy by="team" title="Daily cost by team" />
          <TeamTable teams={report.teams} meta={report.meta} csv={csvAddress("/costs/teams", params)} />
          <Environments />
        </>
      )}
    </Page>
  );
}

function TeamTable({ teams, meta, csv }: { teams: TeamRow[]; meta: Meta; csv: string }) {
  const { href } = useView();
  const slots = useSlots("team", teams.map((row) => row.team));
  const currency = meta.currency ?? ((row: TeamRow) => row.currency);
  const name = (row: TeamRow) => row.team;
  const pins = (row: TeamRow): Pins => (meta.perspective ? { perspective: meta.perspective, target: row.team } : { team: row.team });
  const notProduction = (row: TeamRow): Pins => ({ ...pins(row), filter: '{"not":{"environment":["production","(none)"]}}' });
  const columns: Column<TeamRow>[] = [
    { key: "team", label: "Team", heads: true, value: name, render: (row) => <span className="with-swatch"><i className="swatch" data-slot={slots.get(row.team) ?? -1} /><Link className="link" href={href(teamPath(row.team))}>{row.team}</Link></span> },
    amountColumn<TeamRow>({ key: "cost", label: "Cost", currency, value: (row) => row.cost, name, why: pins }),
    percentColumn<TeamRow>("share_pct", "Share", (row) => row.share_pct),
    changeColumn<TeamRow>((row) => row.cost_trend_pct, previousText(meta)),
    sparkColumn<TeamRow>("Cost by day", (row) => row.sparkline, { spare: 2 }),
    amountColumn<TeamRow>({ key: "production", label: "Production", currency, value: (row) => row.production, name, why: (row) => ({ ...pins(row), environment: "production" }) }),
    amountColumn<TeamRow>({ key: "non_production", label: "Not production", currency, value: (row) => row.non_production, name, why: notProduction, title: "Every environment but production" }),
    countColumn<TeamRow>("services", "Services", (row) => row.services, { spare: 1 }),
    { key: "top_service", label: "Largest service", value: (row) => row.top_service, spare: 1, render: (row) => (row.top_service && !row.top_service.startsWith("(") ? <Link className="link quiet" href={href(servicePath(row.top_service))}>{row.top_service}</Link> : "–") },
  ];
  return <DataTable<TeamRow> name="teams" title="All teams" columns={columns} rows={teams} rowKey={(row) => `${row.team} ${row.currency}`} order="-cost" csv={csv} />;
}
