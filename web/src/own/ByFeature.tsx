/** What the credits went into. */

import type { OwnFeature } from "../api/own.ts";
import { Bar, mostOf } from "../figures/Bar.tsx";
import { creditText } from "../format/credits.ts";
import { DataTable } from "../table/DataTable.tsx";

export function ByFeature({ rows }: { rows: OwnFeature[] }) {
  const most = mostOf(rows.map((row) => row.credits));
  return (
    <DataTable<OwnFeature>
      name="features" title="By feature" rows={rows} rowKey={(row) => row.feature} order="-credits" empty={<p className="quiet">Nothing was used yet.</p>}
      columns={[
        { key: "feature", label: "Feature", heads: true, value: (row) => row.feature, render: (row) => row.feature || <span className="quiet">not said</span> },
        { key: "bar", label: "", drawing: true, wide: true, value: () => null, render: (row) => <Bar value={row.credits} most={most} /> },
        { key: "credits", label: "Credits", numeric: true, value: (row) => row.credits, render: (row) => <span className="num" title={row.credits}><data value={row.credits}>{creditText(row.credits)}</data></span> },
      ]}
    />
  );
}
