/** Plans as apportion.yaml offers them. */

import type { Plan } from "../../api/credits.ts";
import { DataTable } from "../../table/DataTable.tsx";
import { countColumn } from "../../table/money.tsx";
import { beyondPlan, Credits } from "./words.tsx";

export function PlanTable({ rows, csv }: { rows: Plan[]; csv: string }) {
  return (
    <DataTable<Plan>
      name="plans" title="Plans" rows={rows} rowKey={(row) => row.name} csv={csv}
      columns={[
        { key: "title", label: "Plan", heads: true, value: (row) => row.title, render: (row) => <>{row.title}{row.is_default ? <> <span className="tag" title="Of customers that have no other">default</span></> : null}{row.title === row.name ? null : <span className="sub">{row.name}</span>}</> },
        { key: "included", label: "Included", unit: "credits", numeric: true, value: (row) => row.included, render: (row) => (row.included === null ? <span className="quieter">no limit</span> : <Credits value={row.included} />) },
        { key: "period", label: "Period", value: (row) => row.period },
        { key: "beyond", label: "Beyond it", value: (row) => beyondPlan(row) },
        countColumn<Plan>("customers", "Customers", (row) => row.customers),
      ]}
    />
  );
}
