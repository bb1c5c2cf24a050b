/** Which plans a customer had, has and will have. */

import type { Subscription } from "../../api/credits.ts";
import { dayText } from "../../format/dates.ts";
import { DataTable } from "../../table/DataTable.tsx";

export function Subscriptions({ rows, csv }: { rows: Subscription[]; csv: string }) {
  return (
    <DataTable<Subscription>
      name="subscriptions" title="Plans by day" note="where none holds, the list of customers says it" rows={rows} rowKey={(row) => row.since} csv={csv}
      columns={[
        { key: "since", label: "From", heads: true, value: (row) => row.since, render: (row) => dayText(row.since, true) },
        { key: "plan", label: "Plan", value: (row) => row.plan },
        { key: "until", label: "Until", value: (row) => row.until, render: (row) => (row.until ? dayText(row.until, true) : <span className="quieter">another begins</span>) },
        { key: "contact", label: "Told", value: (row) => row.contact || null },
      ]}
    />
  );
}
