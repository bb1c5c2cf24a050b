/** Where does what is not production cost more than production? */

import { csvAddress } from "../../api/client.ts";
import { useReport } from "../../api/queries.ts";
import type { EnvironmentRow, Environments as EnvironmentsReport } from "../../api/types.ts";
import { Problem, RowsSkeleton } from "../../page/states.tsx";
import { useView } from "../../state/view.ts";
import type { Column } from "../../table/columns.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { amountColumn } from "../../table/money.tsx";

const BY = ["team", "service"] as const;

export function Environments() {
  const { params, state, set } = useView();
  const by = state["environments"] === "service" ? "service" : "team";
  const query = useReport<EnvironmentsReport>("/costs/environments", { ...params, by });
  if (query.isError) return <Problem error={query.error} />;
  if (!query.data) return <div className="block"><RowsSkeleton rows={6} /></div>;
  const choice = (
    <span className="toolbar-choice" role="group" aria-label="Environments by">
      {BY.map((one) => <button key={one} type="button" className="text-button" aria-pressed={one === by} onClick={() => set({ environments: one === "team" ? undefined : one })}>by {one}</button>)}
    </span>
  );
  return <Compared report={query.data} by={by} csv={csvAddress("/costs/environments", { ...params, by })} choice={choice} />;
}

function Compared({ report, by, csv, choice }: { report: EnvironmentsReport; by: string; csv: string; choice: React.ReactNode }) {
  const { meta, rows } = report;
  const columns: Column<EnvironmentRow>[] = [
    {
      key: "key", label: by === "team" ? "Team" : "Service", heads: true, value: (row) => row.key,
      render: (row) => <>{row.key}{row.non_production_higher ? <> <span className="tag warn">production costs less</span></> : null}</>,
    },
    ...report.environments.map((environment) => amountColumn<EnvironmentRow>({
      key: environment, label: environment, currency: meta.currency ?? ((row) => row.currency), value: (row) => row.environments[environment] ?? null,
      name: (row) => row.key, why: (row) => ({ [by]: row.key, environment }),
    })),
  ];
  return <DataTable<EnvironmentRow> name="environments" title="Environments compared" note={choice} columns={columns} rows={rows} rowKey={(row) => `${row.key} ${row.currency}`} csv={csv} />;
}
